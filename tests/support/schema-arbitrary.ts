/** Values that a zod schema accepts, made from the schema itself; knows the constructs that Rungs' inputs use. */
import fc from "fast-check";
import { z } from "zod";
import { formatDecimal } from "@/lib/domain/decimal";
import { JsonNumber } from "@/lib/domain/score-input";
import { anyText } from "./any-text";

/** Longer lists prove nothing more, and take their time. */
const itemsMax = 6;
const charactersMax = 128;

interface Limits {
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  /** Where few texts are good, the schema names some. */
  examples?: string[];
}

/** Left-out members are undefined; numbers that have to be exact are `JsonNumber`. */
export function arbitraryOf(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const accepts = (value: unknown) => z.safeParse(schema, value).success;
  return candidates(schema).filter(accepts);
}

function candidates(schema: z.core.$ZodType): fc.Arbitrary<unknown> {
  const { def } = schema._zod as { def: z.core.$ZodTypes["_zod"]["def"] };
  switch (def.type) {
    case "object":
      return fc.record(
        Object.fromEntries(Object.entries(def.shape).map(([name, member]) => [name, arbitraryOf(member)])),
      );
    case "array": {
      const { minItems = 0, maxItems = itemsMax } = limitsOf(schema);
      const items = { minLength: minItems, maxLength: Math.min(maxItems, itemsMax) };
      return fc.oneof(
        fc.array(arbitraryOf(def.element), items),
        fc.uniqueArray(arbitraryOf(def.element), { ...items, selector: (item) => JSON.stringify(item) }),
      );
    }
    case "union":
      return fc.oneof(...def.options.map(arbitraryOf));
    case "enum":
      return fc.constantFrom(...Object.values(def.entries));
    case "optional":
    case "default":
      return fc.option(arbitraryOf(def.innerType), { nil: undefined });
    case "nullable":
      return fc.option(arbitraryOf(def.innerType), { nil: null });
    case "boolean":
      return fc.boolean();
    case "number": {
      const { minimum, maximum } = limitsOf(schema);
      return fc.integer({ min: minimum ?? -1e6, max: maximum ?? 1e6 });
    }
    case "string":
      return textOf(limitsOf(schema));
    case "pipe":
      if (def.out._zod.def.type === "transform") return arbitraryOf(def.in);
      // A whole number in a query: text that becomes a number.
      return arbitraryOf(def.out).map(String);
    case "custom":
      return exactNumber;
    default:
      throw new Error(`There are no values for a schema of type ${def.type} yet.`);
  }
}

function limitsOf(schema: z.core.$ZodType): Limits {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Limits;
}

const oddTexts = [
  "__proto__",
  "constructor",
  "null",
  "1e5",
  "a/b",
  "%41",
  "שלום עולם, שלום",
  "👩‍👩‍👧",
  "e\u0301\u0301",
];

function textOf({ minLength = 1, maxLength = charactersMax, pattern, format, examples }: Limits): fc.Arbitrary<string> {
  if (examples) return fc.constantFrom(...examples);
  if (format === "email") return fc.emailAddress().map((address) => address.slice(0, 200));
  if (pattern) return fc.stringMatching(new RegExp(pattern, "u"));
  const odd = oddTexts.filter(({ length }) => length >= minLength && length <= maxLength);
  const any = anyText(Math.min(maxLength, minLength + 12));
  return odd.length === 0 ? any : fc.oneof(any, fc.constantFrom(...odd));
}

/** Any number that a board with six decimals takes, in any of the ways JSON can write it. */
const exactNumber = fc
  .tuple(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -9, max: 9 })), fc.constantFrom("", "0", "e0", "E+0", "e-0"))
  .map(([scaled, tail]) => {
    const text = formatDecimal(scaled, 6);
    const canGrow = tail === "0" ? text.includes(".") : true;
    return new JsonNumber(canGrow ? text + tail : text);
  });
