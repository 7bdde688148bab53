// Follows the event stream. The browser resumes by itself after a short loss (with Last-Event-ID);
// when it gives up, a new stream starts after the last bubble seen, so nothing is lost.

import { Api } from "./api.js";

const RETRY = 1500;

export class Live {
  constructor({ onHello, onBubble, onClock, onReset, onConnection }) {
    this.handlers = { hello: onHello, bubble: onBubble, clock: onClock, reset: onReset };
    this.onConnection = onConnection;
    this.last = "";
    this.source = null;
    window.addEventListener("pagehide", () => this.source?.close());
    window.addEventListener("pageshow", (event) => event.persisted && this.start());
  }

  start() {
    this.source?.close();
    clearTimeout(this.timer);
    const source = new EventSource(Api.eventsAddress(this.last));
    this.source = source;
    source.onopen = () => this.onConnection(true);
    source.onerror = () => this.lost(source);
    for (const [kind, handle] of Object.entries(this.handlers)) {
      source.addEventListener(kind, (event) => {
        if (source !== this.source) return;
        if (event.lastEventId) this.last = event.lastEventId;
        handle(JSON.parse(event.data));
      });
    }
  }

  restart() {
    this.last = "";
    this.start();
  }

  lost(source) {
    if (source !== this.source) return;
    this.onConnection(false);
    if (source.readyState === EventSource.CLOSED) this.timer = setTimeout(() => this.start(), RETRY);
  }
}
