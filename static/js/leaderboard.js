// Moves a leaderboard that the server has drawn. A row is a place and stays where it is; names move through the places,
// so nothing on the page is ever shifted.

const LETTERS = [11, 15, 20, 28]; // from which a name is set smaller; the same as in the component
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
    const old = this.rows;
    const stay = standings.every(({ key }, index) => old[index]?.dataset.key === key);
    const before = new Map(stay ? [] : old.map((row) => [row.dataset.key, row.offsetTop]));
    this.#count(standings.length);
    const rows = this.rows;
    for (const [index, standing] of standings.entries()) this.#draw(rows[index], standing);
    if (!stay && !NOTHING_MOVES.matches) this.#move(rows, before);
  }

  /** As many rows as there are standings. */
  #count(wanted) {
    const rows = this.rows;
    for (const row of rows.slice(Math.max(1, wanted))) row.remove();
    for (let have = rows.length; have < wanted; have++) this.board.append(rows.at(-1).cloneNode(true));
  }

  #draw(row, standing) {
    row.className = `leaderboard-row is-${standing.state}`;
    row.dataset.key = standing.key;
    row.dataset.fit = LETTERS.filter((letters) => standing.artist.length > letters).length;
    write(row, ".place", standing.place);
    write(row, ".artist", standing.artist);
    write(row, ".votes", this.numbers.format(standing.votes));
    write(row, ".note span", this.words(standing));
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

/** Changes the text a part begins with, and only when it differs: screen readers hear what is new. */
export function write(root, part, words) {
  const element = root.querySelector(part);
  const text = element.firstChild ?? element.appendChild(new Text());
  if (text.data !== String(words)) text.data = words;
}

function milliseconds(time) {
  return Number.parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000);
}
