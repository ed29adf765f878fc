// What is served: operations shortly, and each in full when it is asked for.
import { call } from "./api.js";

let listed;
const whole = new Map();

/** Return all contracts with their operations. */
export function contracts() {
  listed ??= call("GET", "operations").then((told) => told.contracts, (error) => {
    listed = undefined;
    throw error;
  });
  return listed;
}

/** Return one operation in full. */
export function operationOf(contract, operation) {
  const key = JSON.stringify([contract, operation]);
  if (!whole.has(key)) {
    const asked = call("GET", "operation", { query: { contract, operation } });
    asked.catch(() => whole.delete(key));
    whole.set(key, asked);
  }
  return whole.get(key);
}

/** Return what is documented for a status: itself, its range or the default. */
export function responseOf(operation, status) {
  const range = Math.floor(status / 100);
  const wanted = [String(status), `${range}XX`, `${range}xx`, "default"];
  const found = wanted.map((one) => operation.responses.find((each) => each.status === one));
  return found.find(Boolean);
}

/** Forget what was read: contracts are followed. */
export function forget() {
  listed = undefined;
  whole.clear();
}
