import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import type { Transaction } from '../db/database.js';

/** What an erasure did, without saying to whom: the hash is that of the tombstone. */
export type Receipt = {
  version: 1;
  erasureId: string;
  site: string;
  subject: { kind: 'visitor' | 'user'; hash: string };
  requestedBy: string;
  requestedAt: string;
  completedAt: string;
  /** Rows by table. */
  deleted: Record<string, number>;
  /** Batches that waited on this collector's disk. */
  spooledBatches: number;
  /** Days of the site's calendar whose rollups were made again. */
  daysRecomputed: number;
  lateEventsRefusedUntil: string;
  /** Ed25519, SubjectPublicKeyInfo in Base64. */
  publicKey: string;
  /** Of the JSON of all that stands before it. */
  signature: string;
};

type Unsigned = Omit<Receipt, 'publicKey' | 'signature'>;

/** Signs a receipt with the key of this installation. */
export function signReceipt(privateKey: KeyObject, receipt: Unsigned): Receipt {
  const whole = { ...receipt, publicKey: writePublicKey(privateKey) };
  return { ...whole, signature: sign(null, bytesOf(whole), privateKey).toString('base64') };
}

/** Whether a receipt is as this installation signed it. */
export function isReceiptOf(privateKey: KeyObject, { signature, ...whole }: Receipt): boolean {
  const isOurs = whole.publicKey === writePublicKey(privateKey);
  return (
    isOurs && verify(null, bytesOf(whole), createPublicKey(privateKey), Buffer.from(signature, 'base64'))
  );
}

function bytesOf(receipt: Omit<Receipt, 'signature'>): Buffer {
  return Buffer.from(JSON.stringify(receipt));
}

function writePublicKey(privateKey: KeyObject): string {
  return createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
}

/** The key that signs receipts; made where there is none. */
export async function keepReceiptKey(tx: Transaction): Promise<KeyObject> {
  const fresh = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'der' });
  await tx.query(
    `/* receipt.keepReceiptKey */
     insert into footfall.privacy_keys (name, key) values ('receipt', $1::bytea) on conflict do nothing`,
    [fresh],
  );
  const rows = await tx.query<{ key: Buffer }>(
    `select key from footfall.privacy_keys where name = 'receipt'`,
  );
  if (!rows[0]) throw new Error('privacy_keys: expected a row of receipt');
  return createPrivateKey({ key: rows[0].key, format: 'der', type: 'pkcs8' });
}
