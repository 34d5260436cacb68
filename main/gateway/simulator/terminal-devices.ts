/** The sandbox's published terminal test devices, and what the payer in front of each of them does. */
import type { Source, SourceKind } from './sources.ts';

/** What is held against a terminal or typed on it. */
export type Tapped = {
  kind: SourceKind;
  brand: string;
  entry_method: Source['entry_method'];
  /** Tip that the payer adds, in percent of the amount. */
  tip_percent: number;
  /** The only currency that this way of paying is for. */
  currency?: string;
};

/** `person` is a terminal that waits for the control calls. */
export type DeviceFate =
  { fate: 'pays'; tapped: Tapped } | { fate: 'buyer_cancels' | 'times_out' | 'offline' | 'person' };

export const CARD: Tapped = { kind: 'card', brand: 'VISA', entry_method: 'CONTACTLESS', tip_percent: 0 };
const INTERAC: Tapped = { ...CARD, brand: 'INTERAC', entry_method: 'EMV', currency: 'CAD' };

const DEVICES: { [device_id: string]: DeviceFate } = {
  '9fa747a2-25ff-48ee-b078-04381f7c828f': { fate: 'pays', tapped: CARD },
  '22cd266c-6246-4c06-9983-67f0c26346b0': { fate: 'pays', tapped: { ...CARD, tip_percent: 20 } },
  '4mp4e78c-88ed-4d55-a269-8008dfe14e9': {
    fate: 'pays',
    tapped: { ...CARD, kind: 'gift_card', brand: 'SQUARE_GIFT_CARD', entry_method: 'SWIPED' },
  },
  '388b5a08-a77c-48ef-ad2a-4a790e6f2789': { fate: 'pays', tapped: INTERAC },
  '2b0b734b-b187-47f0-9d6f-288745210bdb': { fate: 'pays', tapped: { ...INTERAC, tip_percent: 20 } },
  '19a01fbd-3dcd-4d9f-a499-a641684af745': { fate: 'pays', tapped: { ...CARD, brand: 'FELICA', currency: 'JPY' } },
  '819f8d79-961e-4097-8f70-ef70b3e7db28': { fate: 'pays', tapped: { ...CARD, kind: 'pay_later', brand: 'AFTERPAY' } },
  'cae0ee02-f83b-11ec-b939-0242ac120002': {
    fate: 'pays',
    tapped: { ...CARD, kind: 'wallet', brand: 'PAYPAY', currency: 'JPY' },
  },
  '841100b9-ee60-4537-9bcf-e30b2ba5e215': { fate: 'buyer_cancels' },
  '0a956d49-619a-4530-8e5e-8eac603ffc5e': { fate: 'times_out' },
  'da40d603-c2ea-4a65-8cfd-f42e36dab0c7': { fate: 'offline' },
};

/** The published test device with this id, or null. */
export function testDevice(deviceId: string): DeviceFate | null {
  return DEVICES[deviceId] ?? null;
}
