// Asks handlers of MSW what is on standard input, and writes what they answer.
// Each request is {method, url, headers, body}; {restart: true} and {failing: [name, status]} are
// no requests. An answer is {status, headers, body} with the body in base64, or {unhandled: true}.

import { text } from "node:stream/consumers";
import { setupServer } from "msw/node";
import { failing, handlers, restart } from "./mocks/handlers.js";

const server = setupServer(...handlers);
server.listen({ onUnhandledRequest: "error" });
console.error = () => {};

const answers = [];
for (const one of JSON.parse(await text(process.stdin))) {
  if (one.restart) restart();
  else if (one.failing) server.use(failing(...one.failing));
  else answers.push(await ask(one));
  if (one.reset) server.resetHandlers();
}
server.close();
process.stdout.write(JSON.stringify(answers));

async function ask({ method, url, headers, body }) {
  try {
    const response = await fetch(url, { method, headers, body });
    const bytes = Buffer.from(await response.arrayBuffer());
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: bytes.toString("base64"),
    };
  } catch {
    return { unhandled: true };
  }
}
