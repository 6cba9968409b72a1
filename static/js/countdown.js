// Keeps every countdown of the page current, on the server's clock: a phone's own may be minutes off.

const ticking = new Map();

/** Starts the countdowns inside `root`, and lets go of those that have left the page. */
export function startCountdowns(root = document) {
  for (const element of ticking.keys()) if (!element.isConnected) ticking.delete(element);
  for (const element of root.querySelectorAll(".countdown[data-until]")) {
    const ahead = Date.now() - Date.parse(element.dataset.now);
    ticking.set(element, { until: Date.parse(element.dataset.until) + ahead, total: Number(element.dataset.total) });
    show(element);
  }
}

/** Milliseconds as `1:02:03`, `2:03` or `0:42`; a begun second counts whole. */
export function clock(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const pad = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${pad(minutes)}:${pad(seconds % 60)}` : `${minutes}:${pad(seconds % 60)}`;
}

function show(element) {
  const { until, total } = ticking.get(element);
  const left = until - Date.now();
  const figures = clock(left);
  element.querySelector(".figures").textContent = figures;
  element.dataset.digits = figures.length;
  const rule = element.querySelector(".fill rect");
  if (rule) rule.style.transform = `scaleX(${Math.min(1, Math.max(0, left / 1000 / total))})`;
  if (left > 0) return;
  ticking.delete(element);
  element.dispatchEvent(new CustomEvent("countdown:over", { bubbles: true }));
}

function tick() {
  for (const element of ticking.keys()) show(element);
  setTimeout(tick, 1000 - (Date.now() % 1000));
}

tick();
