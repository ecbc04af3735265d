import { randomBytes } from "node:crypto";
import { readFileOf, writeFileOf } from "./data-folder";

export interface Secrets {
  /** Signs sessions. */
  authSecret: string;
  /** Of the embedded Postgres. */
  databasePassword: string;
}

/** Made at the first start and kept in the data folder, readable by its user only. */
export async function keepSecrets(dataDir: string): Promise<Secrets> {
  const kept = await readFileOf<Partial<Secrets>>(dataDir, "secrets.json");
  const secrets: Secrets = {
    authSecret: kept?.authSecret ?? randomBytes(32).toString("base64url"),
    databasePassword: kept?.databasePassword ?? randomBytes(24).toString("base64url"),
  };
  if (kept?.authSecret !== secrets.authSecret || kept.databasePassword !== secrets.databasePassword) {
    await writeFileOf(dataDir, "secrets.json", secrets);
  }
  return secrets;
}
