const page = /** @type {HTMLElement} */ (document.getElementById('report'));
const data = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('data')).textContent ?? '');
if (data.kind === 'comparison')
  showComparison(data, page);
else
  showRun(data, page);
