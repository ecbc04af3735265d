/**
 * Keeps one entry of the `process.nextTick` queue alive, and with it the hidden class of all of them.
 *
 * V8 compiles the object literal in `nextTick` for the first hidden class that it gets. A garbage collection of an idle
 * server can find no entry alive and delete that class. The next entry gets another class, and from then on a runtime
 * call builds each entry, until the process ends. Every request and every reply of a store calls `nextTick` several
 * times: a poll answered from memory then costs about 30 instead of 20 microseconds (Node 20.20).
 */
import { executionAsyncResource } from "node:async_hooks";

const kept: object[] = [];

process.nextTick(() => kept.push(executionAsyncResource()));
