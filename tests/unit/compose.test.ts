/** What each service of deploy/compose.yaml may do and use. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";

interface Service {
  image: string;
  build?: object;
  environment?: Record<string, string>;
  command?: string[];
  ports?: string[];
  mem_limit?: string;
  pids_limit?: number;
}

const text = readFileSync("deploy/compose.yaml", "utf8");
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };

test.each(Object.entries(services))(
  "%s has a read-only root, no capabilities but named ones, and limits",
  (_, service) => {
    expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
    expect(service.mem_limit).toMatch(/^\d+[mg]$/);
    expect(service.pids_limit).toBeGreaterThan(0);
    for (const grant of ["privileged", "devices", "network_mode", "pid", "ipc"])
      expect(service).not.toHaveProperty(grant);
    expect(service.build ? "built here" : service.image).toMatch(
      /^(built here|\w+:\d+\.\d+(\.\d+)?-\w+(@sha256:[0-9a-f]{64})?)$/,
    );
  },
);

test("nobody is reached from outside but nginx", () => {
  const published = Object.entries(services).filter(([, { ports }]) => ports !== undefined);
  expect(published.map(([name]) => name)).toEqual(["nginx"]);
});

test("every secret comes from the environment, and a start without it fails", () => {
  const variables = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
  const secrets = variables.filter(([name]) => /PASSWORD|SECRET|AUTH|TOKEN/.test(name)).map(([, value]) => value);
  const inUrls = [...text.matchAll(/:\/\/[^/\s@:]*:(\$\{[^}]*\}|[^\s@]*)@/g)].map(([, value]) => value);
  expect([secrets.length > 0, inUrls.length]).toEqual([true, 2]);
  for (const value of [...secrets, ...inUrls]) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
  const required = [...text.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
  const example = readFileSync("deploy/.env.example", "utf8");
  for (const name of new Set(required)) expect(example).toMatch(new RegExp(`^${name}=`, "m"));
  expect(example).not.toMatch(/^\w*(PASSWORD|SECRET)\w*=./m);
});
