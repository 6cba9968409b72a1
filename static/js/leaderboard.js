// Moves a leaderboard that the server has drawn. Places stay where they are and names move through them: the slab of
// brass is a place, not a person. Nothing here knows where the standings come from.

const NOTHING_MOVES = matchMedia("(prefers-reduced-motion: reduce)");

export class Leaderboard {
  /** `board` is the drawn `.leaderboard`; `words(standing)` gives a row's note; `locale` writes the numbers. */
  constructor(board, { words = () => "", locale = document.documentElement.lang } = {}) {
    this.board = board;
    this.words = words;
    this.numbers = new Intl.NumberFormat(locale);
    this.rows = new Map([...board.querySelectorAll(".leaderboard-row")].map((row) => [row.dataset.key, row]));
  }

  /**
   * Draws `standings`: from the first to the last, `{key, place, votes, share, state, artist}` each. Rows are reused by
   * key; one that is new is copied from the last, one that is gone is taken away.
   */
  update(standings) {
    const before = new Map([...this.rows].map(([key, row]) => [key, row.offsetTop]));
    this.#keep(standings);
    for (const standing of standings) this.#draw(this.rows.get(standing.key), standing);
    this.#order(standings.map((standing) => this.rows.get(standing.key)));
    if (!NOTHING_MOVES.matches) this.#move(before);
  }

  #keep(standings) {
    const wanted = new Set(standings.map((standing) => standing.key));
    for (const { key } of standings) {
      if (!this.rows.has(key)) this.rows.set(key, this.#copy(key));
    }
    for (const [key, row] of this.rows) {
      if (wanted.has(key)) continue;
      row.remove();
      this.rows.delete(key);
    }
  }

  #copy(key) {
    const row = [...this.rows.values()].at(-1).cloneNode(true);
    row.dataset.key = key;
    return row;
  }

  #draw(row, standing) {
    row.className = `leaderboard-row is-${standing.state}`;
    const [votes] = row.querySelector(".votes").childNodes;
    write(row.querySelector(".place").firstChild, String(standing.place));
    write(row.querySelector(".artist").firstChild, standing.artist);
    write(votes, this.numbers.format(standing.votes));
    const note = row.querySelector(".note span");
    if (note.textContent !== this.words(standing)) note.textContent = this.words(standing);
    row.querySelector(".fill rect").style.transform = `scaleX(${standing.share})`;
  }

  /** Puts the rows in order; what stands between them, the line of the cut, keeps its place. */
  #order(rows) {
    const wanted = [...rows];
    for (const [place, child] of [...this.board.children].entries()) {
      if (!child.matches(".leaderboard-row")) wanted.splice(place, 0, child);
    }
    for (const [place, child] of wanted.entries()) {
      if (this.board.children[place] !== child) this.board.insertBefore(child, this.board.children[place] ?? null);
    }
  }

  #move(before) {
    const style = getComputedStyle(this.board);
    const duration = milliseconds(style.getPropertyValue("--duration-3"));
    for (const [key, row] of this.rows) {
      const travelled = (before.get(key) ?? row.offsetTop) - row.offsetTop;
      if (travelled === 0) continue;
      for (const part of row.querySelectorAll(".who, .votes")) {
        part.animate([{ transform: `translateY(${travelled}px)` }, { transform: "none" }], {
          duration,
          easing: style.getPropertyValue("--ease-slam"),
        });
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
