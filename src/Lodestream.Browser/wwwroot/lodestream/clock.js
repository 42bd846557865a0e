// Time as the core sees it: milliseconds that stand still while nobody can see the page.

export class SceneClock {
  #hiddenSince = 0;
  #lost = 0;
  #onChange = () => this.#change();

  constructor() {
    document.addEventListener('visibilitychange', this.#onChange);
    if (document.hidden)
      this.#hiddenSince = performance.now();
  }

  get isSuspended() {
    return document.hidden;
  }

  now() {
    return (document.hidden ? this.#hiddenSince : performance.now()) - this.#lost;
  }

  dispose() {
    document.removeEventListener('visibilitychange', this.#onChange);
  }

  #change() {
    if (document.hidden)
      this.#hiddenSince = performance.now();
    else
      this.#lost += performance.now() - this.#hiddenSince;
  }
}
