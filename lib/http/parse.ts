/** Reading what came in: bounded bodies, JSON, parameters. Everything it refuses is the client's clear 4xx. */
import { isUtf8 } from "node:buffer";
import { parse as parseLossless } from "lossless-json";
import { z } from "zod";
import { clientAddress } from "@/lib/auth/client-address";
import type { Bodies, BodyMemory } from "@/lib/body-memory";
import { type FieldError, RungsError } from "@/lib/domain/errors";
import { firstOfEach, inWords } from "@/lib/domain/issue-words";
import { JsonNumber } from "@/lib/domain/score-input";

export const bodyBytesMax = 64 * 1024;
/** Room for 200 ids, or a name, an address and a password. */
const untrustedBodyBytesMax = 8 * 1024;
/** Room for a thousand scores with long names. */
export const scoresBodyBytesMax = 2 * 1024 * 1024;
const errorsMax = 50;
/** A thousand scores with names and all tiebreaks have 8,000. */
const exactValuesMax = 10_000;
/** A list of scores with tiebreaks has 4. What reads such a body recursively stays far from the end of the stack. */
const nestingMax = 32;

interface Receiver {
  bodies: Bodies;
}

/**
 * Reads the JSON body of a request with an API key or a session by a schema.
 * Throws `invalid-json`, `invalid-request` and what `readText` throws.
 */
export function readBody<S extends z.ZodType>({ bodies }: Receiver, request: Request, schema: S): Promise<z.infer<S>> {
  return readBySchema(request, schema, bodyBytesMax, bodies.trusted);
}

/** The same of any other request. */
export function readUntrustedBody<S extends z.ZodType>(
  { bodies }: Receiver,
  request: Request,
  schema: S,
): Promise<z.infer<S>> {
  return readBySchema(request, schema, untrustedBodyBytesMax, bodies.untrusted);
}

async function readBySchema<S extends z.ZodType>(request: Request, schema: S, bytesMax: number, memory: BodyMemory) {
  const text = await readText(request, bytesMax, memory);
  return check(schema, parseJson(text, JSON.parse), jsonPointer);
}

/** Reads JSON with every number as its own text. Throws `invalid-json`, `body-too-large`. */
export function parseExact(text: string): unknown {
  const { commas, nesting } = extentOf(text);
  if (text.length > bodyBytesMax && commas > exactValuesMax) {
    throw new RungsError("body-too-large", `The body may have at most ${exactValuesMax} values.`);
  }
  if (nesting > nestingMax) throw new RungsError("invalid-json", `The body is not JSON: ${nestedTooDeeply}`);
  return parseJson(text, (source) => parseLossless(source, null, (digits) => new JsonNumber(digits)));
}

/** Outside of strings; some milliseconds for the largest body, where making its values would hold up everybody else. */
function extentOf(text: string): { commas: number; nesting: number } {
  let [commas, depth, nesting] = [0, 0, 0];
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) inString = !inString;
    else if (inString) i += code === backslash ? 1 : 0;
    else if (code === comma) commas++;
    else if (code === openBracket || code === openBrace) nesting = Math.max(nesting, ++depth);
    else if (code === closeBracket || code === closeBrace) depth--;
  }
  return { commas, nesting };
}

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Checks parameters of path or query by a schema; every problem is reported by the parameter's name. */
export function checkParameters<S extends z.ZodType>(given: Record<string, string>, schema: S): z.infer<S> {
  return check(schema, given, (path) => String(path[0] ?? ""));
}

/** A query parameter that is a whole number from `min` to `max`, and `fallback` where it is left out. */
export function whole(min: number, max: number, fallback: number) {
  return wholeNumber(min, max)
    .default(fallback)
    .meta(asInteger({ minimum: min, maximum: max, default: fallback }));
}

/** The same without a fallback. */
export function wholeNumber(min: number, max: number) {
  return z
    .string()
    .regex(/^\d{1,10}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(z.number().min(min).max(max))
    .meta(asInteger({ minimum: min, maximum: max }));
}

/** A query parameter that is true or false, and false where it is left out. */
export function flag() {
  return z
    .enum(["true", "false"])
    .default("false")
    .transform((given) => given === "true");
}

function asInteger(limits: object) {
  return {
    override({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) {
      delete jsonSchema.pattern;
      Object.assign(jsonSchema, { type: "integer", ...limits });
    },
  };
}

/** Query parameters by a schema; one given twice is refused rather than guessed at. */
export function readQuery<S extends z.ZodType>(search: URLSearchParams, schema: S): z.infer<S> {
  const given: Record<string, string> = Object.create(null);
  for (const [name, value] of search) {
    if (name in given) throw invalidParameter(name, "must be given once");
    given[name] = value;
  }
  return checkParameters({ ...given }, schema);
}

export function invalidParameter(pointer: string, detail: string): RungsError {
  return new RungsError("invalid-request", `${pointer} ${detail}.`, { errors: [{ pointer, detail }] });
}

/** Throws `unsupported-media-type` unless a body with these headers can be JSON as it is. */
export function requireJson(contentType: string | null, contentEncoding: string | null): void {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? "")) {
    throw new RungsError("unsupported-media-type", "Send the body as Content-Type: application/json.");
  }
  if ((contentEncoding ?? "identity") !== "identity") {
    throw new RungsError("unsupported-media-type", "Send the body uncompressed.");
  }
}

/**
 * The text of a body that is said to be JSON. Throws `unsupported-media-type`, `body-too-large`, `invalid-json`,
 * `too-many-requests`, `request-timeout`.
 */
export async function readText(request: Request, bytesMax: number, memory: BodyMemory): Promise<string> {
  requireJson(request.headers.get("content-type"), request.headers.get("content-encoding"));
  const tooLarge = () => new RungsError("body-too-large", `The body may have at most ${bytesMax} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > bytesMax) throw tooLarge();
  return memory.receive(clientAddress(request.headers), async (count) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of (request.body ?? []) as AsyncIterable<Uint8Array>) {
      bytes += chunk.length;
      if (bytes > bytesMax) throw tooLarge();
      count(chunk);
      chunks.push(chunk);
    }
    return decodeBody(Buffer.concat(chunks));
  });
}

/** Without a byte order mark. Throws `invalid-json` for what is not UTF-8. */
export function decodeBody(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new RungsError("invalid-json", "The body is not UTF-8.");
  const text = bytes.toString();
  return text.startsWith("\ufeff") ? text.slice(1) : text;
}

function parseJson(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    // A RangeError is the parser's stack giving out under absurd nesting.
    const detail = error instanceof SyntaxError ? error.message.slice(0, 200) : nestedTooDeeply;
    throw new RungsError("invalid-json", `The body is not JSON: ${detail}`);
  }
}

const nestedTooDeeply = "It is nested too deeply.";

type Place = (path: readonly PropertyKey[]) => string;

function check<S extends z.ZodType>(schema: S, value: unknown, place: Place): z.infer<S> {
  const parsed = schema.safeParse(value, inWords);
  if (parsed.success) return parsed.data;
  const issues = firstOfEach(parsed.error.issues).slice(0, errorsMax);
  const errors = issues.map(({ path, message }): FieldError => ({ pointer: place(path), detail: message }));
  throw new RungsError("invalid-request", "The request does not have the expected shape.", { errors });
}

/** RFC 6901: "" is the whole body. */
function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
