// Moves a leaderboard that the server has drawn. A row is a place and stays where it is; names move through the places,
// so nothing on the page is ever shifted. Nothing here knows where the standings come from.

const NOTHING_MOVES = matchMedia("(prefers-reduced-motion: reduce)");

export class Leaderboard {
  /** `board` is the drawn `.leaderboard`; `words(standing)` gives a row's note; `locale` writes the numbers. */
  constructor(board, { words = () => "", locale = document.documentElement.lang } = {}) {
    this.board = board;
    this.words = words;
    this.numbers = new Intl.NumberFormat(locale);
  }

  get rows() {
    return [...this.board.querySelectorAll(".leaderboard-row")];
  }

  /** Draws `standings`: from the first to the last, `{key, place, artist, votes, share, state}` each. */
  update(standings) {
    const before = new Map(this.rows.map((row) => [row.dataset.key, row.offsetTop]));
    this.#count(standings.length);
    const rows = this.rows;
    for (const [index, standing] of standings.entries()) this.#draw(rows[index], standing);
    if (!NOTHING_MOVES.matches) this.#move(rows, before);
  }

  /** As many rows as there are standings: more are copied from the last one, and taken away at the end. */
  #count(wanted) {
    const rows = this.rows;
    for (const row of rows.slice(Math.max(1, wanted))) row.remove();
    for (let have = rows.length; have < wanted; have++) this.board.append(rows.at(-1).cloneNode(true));
  }

  #draw(row, standing) {
    row.className = `leaderboard-row is-${standing.state}`;
    row.dataset.key = standing.key;
    write(row.querySelector(".place").firstChild, String(standing.place));
    write(row.querySelector(".artist").firstChild, standing.artist);
    write(row.querySelector(".votes").firstChild, this.numbers.format(standing.votes));
    const note = row.querySelector(".note span");
    const words = this.words(standing);
    if (note.textContent !== words) note.textContent = words;
    row.querySelector(".fill rect").style.transform = `scaleX(${standing.share})`;
  }

  /** Lets every name that has a new place come from its old one. */
  #move(rows, before) {
    const style = getComputedStyle(this.board);
    const timing = {
      duration: milliseconds(style.getPropertyValue("--duration-3")),
      easing: style.getPropertyValue("--ease-slam"),
    };
    for (const row of rows) {
      const travelled = (before.get(row.dataset.key) ?? row.offsetTop) - row.offsetTop;
      if (travelled === 0) continue;
      for (const part of row.querySelectorAll(".who, .votes")) {
        part.animate([{ transform: `translateY(${travelled}px)` }, { transform: "none" }], timing);
      }
    }
  }
}

/** Changes a text only when it differs, so that screen readers hear only what is new. */
function write(text, words) {
  if (text.data !== words) text.data = words;
}

function milliseconds(time) {
  return Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000);
}
