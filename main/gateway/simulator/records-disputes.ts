/** What the books hold of disputes and the evidence against them. */
import type { Money } from './checks.ts';

export type DisputeState = 'EVIDENCE_REQUIRED' | 'PROCESSING' | 'WON' | 'LOST' | 'ACCEPTED';

export type Dispute = {
  id: string;
  dispute_id: string;
  amount_money: Money;
  reason: string;
  state: DisputeState;
  due_at: string;
  disputed_payment: { payment_id: string };
  evidence_ids?: string[];
  card_brand: string;
  created_at: string;
  updated_at: string;
  reported_at: string;
  brand_dispute_id: string;
  version: number;
  location_id: string;
};

/** Square keeps the money back while a dispute is open; `taken` is gone for good. */
export type DisputeRecord = {
  dispute: Dispute;
  hidden: { due_at_ms: number | null; funds: 'held' | 'returned' | 'taken' };
};

export type Evidence = {
  id: string;
  evidence_id: string;
  dispute_id: string;
  evidence_type?: string;
  evidence_text?: string;
  evidence_file?: { filename: string; filetype: string };
  uploaded_at: string;
};
export type EvidenceRecord = { evidence: Evidence };
