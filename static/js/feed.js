// Brings the frames of an event's leaderboard: by WebSocket, else as Server-Sent Events, else by asking again and again.

const SILENCE = 20000; // a socket says something every 15 seconds, or it is dead
const STREAM_SILENCE = 60000; // its signs of life are not shown
const POLLS = 15; // until better ways are tried
const LONGEST = 15000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds * (0.5 + Math.random())));

export class Feed {
  #last = {};
  #socket;

  /** `told` names the `event` and the `viewing` token. `viewer` is given every newer `frame`, and told of `contact`. */
  constructor(told, viewer) {
    Object.assign(this, { told, viewer, board: `/api/v1/events/${told.event}/leaderboard` });
    document.addEventListener("visibilitychange", () => this.#resume());
  }

  /** Follows for as long as the page lives. */
  async follow() {
    for (let tries = 0; ; tries++) {
      if ((await this.#bySocket()) || (await this.#byStream()) || (await this.#byAsking())) tries = 0;
      await pause(Math.min(LONGEST, 1000 * 2 ** tries));
    }
  }

  #address(path) {
    return `${path}?viewing=${this.told.viewing}`;
  }

  #bySocket() {
    return this.#until((end, alive) => {
      const socket = (this.#socket = new WebSocket(this.#address(`/ws/events/${this.told.event}/leaderboard`)));
      socket.onmessage = ({ data }) => alive(SILENCE, this.#take(data));
      socket.onclose = ({ code }) => end(code === 4401 && this.viewer.renew()); // the token is too old
      alive(SILENCE);
      return socket;
    });
  }

  #byStream() {
    return this.#until((end, alive) => {
      const source = new EventSource(this.#address(`${this.board}/stream`));
      source.onmessage = ({ data }) => alive(STREAM_SILENCE, this.#take(data));
      source.onerror = () => end(); // when to come back is for us to say
      alive(SILENCE);
      return source;
    });
  }

  /** Whether `way` brought anything before it ended; `alive` puts off the moment when it counts as dead. */
  async #until(way) {
    let heard, watch, source;
    await new Promise((end) => {
      source = way(end, (silence, taken) => {
        heard ||= taken;
        clearTimeout(watch);
        watch = setTimeout(end, silence);
      });
    });
    clearTimeout(watch);
    source.close();
    this.viewer.lost();
    return heard;
  }

  async #byAsking() {
    let heard;
    try {
      for (let polls = 0, etag = ""; polls < POLLS; polls++) {
        const headers = { "If-None-Match": etag };
        const answer = await fetch(this.#address(this.board), { headers, signal: AbortSignal.timeout(SILENCE) });
        if (answer.status === 401) await this.viewer.renew();
        else if (answer.ok) this.#take(JSON.stringify((await answer.json()).data));
        else if (answer.status !== 304) break;
        etag = answer.headers.get("ETag") ?? "";
        heard = true;
        this.viewer.contact();
        await pause(2000);
      }
    } catch {} // no answer is an answer, too
    this.viewer.lost();
    return heard;
  }

  #take(data) {
    const frame = JSON.parse(data);
    const last = this.#last;
    // Without Redis boards carry no number; then the time they were read at decides. A heartbeat has none.
    const newer =
      frame.epoch && last.epoch ? frame.epoch - last.epoch || frame.seq - last.seq : frame.as_of > (last.as_of ?? "");
    if (newer > 0 && frame.as_of) this.viewer.frame((this.#last = frame));
    else if (newer > 0) this.#resume();
    this.viewer.contact();
    return true;
  }

  #resume() {
    const { epoch, seq } = this.#last;
    if (epoch && this.#socket.readyState === 1) this.#socket.send(JSON.stringify({ type: "resume", epoch, seq }));
  }
}
