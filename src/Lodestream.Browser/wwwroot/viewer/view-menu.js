// The list of views a scene suggests.

export class ViewMenu {
  #views;
  #go;
  #next = 1;
  #button = /** @type {HTMLButtonElement} */ (document.getElementById('views'));
  #list = /** @type {HTMLElement} */ (document.getElementById('view-list'));

  /**
   * @param {import('./views.js').SuggestedView[]} views
   * @param {(pose: import('./framing.js').Pose) => void} go
   */
  constructor(views, go) {
    this.#views = views;
    this.#go = go;
    this.#button.hidden = views.length === 0;
    this.#list.replaceChildren(...views.map((view, i) => {
      const item = Object.assign(document.createElement('button'), { type: 'button', textContent: view.name });
      item.setAttribute('role', 'menuitem');
      item.addEventListener('click', () => this.#choose(i));
      return item;
    }));
    this.#button.addEventListener('click', () => this.#open(Boolean(this.#list.hidden)));
    this.#list.addEventListener('keydown', event => this.#key(event));
  }

  /** Goes to the view after the one chosen last. */
  next() {
    if (this.#views.length > 0)
      this.#choose(this.#next % this.#views.length);
  }

  close() {
    this.#open(false);
  }

  /** @param {number} index */
  #choose(index) {
    this.#next = index + 1;
    this.close();
    this.#go(this.#views[index].pose);
  }

  /** @param {boolean} open */
  #open(open) {
    const hadFocus = this.#list.contains(document.activeElement);
    this.#list.hidden = !open;
    this.#button.setAttribute('aria-expanded', String(open));
    if (open)
      /** @type {HTMLElement | null} */ (this.#list.firstElementChild)?.focus();
    else if (hadFocus)
      this.#button.focus();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], items = /** @type {HTMLElement[]} */ ([...this.#list.children]);
    if (!step)
      return;
    event.preventDefault();
    event.stopPropagation();
    items[(items.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step + items.length) % items.length].focus();
  }
}
