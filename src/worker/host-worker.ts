/** The worker's entry: a world behind this worker's messages. */
import { WorldHost } from "./world-host.ts";

self.postMessage({ started: true });
new WorldHost(
  {
    postMessage: (message) => self.postMessage(message),
    onMessage: (listener) => self.addEventListener("message", (event: MessageEvent) => listener(event.data)),
  },
  true,
);
