import type { DoorOffice } from './door-office.ts';

/** Who could try to ask or to tell, beside the page that may. */
export type Sender = { readonly what: string; readonly event: (office: DoorOffice) => unknown };

const gone = {
  get url(): string {
    throw new Error('Render frame was disposed before WebFrameMain could be accessed');
  },
};
const inside = (url: string) => ({ url, parent: { url: 'https://desk.tillside.localhost/' } });

/** Senders that the channel refuses before anything is looked at. */
export const STRANGERS: readonly Sender[] = [
  { what: 'the payment view', event: office => office.payEvent() },
  { what: 'the payment page inside the desk', event: o => o.event({}, inside('https://pay.tillside.localhost/')) },
  { what: 'a frame of the desk origin', event: o => o.event({}, inside('https://desk.tillside.localhost/')) },
  { what: "Square's frame", event: office => office.event({}, inside('https://web.squarecdn.com/v1/frame')) },
  {
    what: 'another origin',
    event: office => office.event({}, { url: 'https://desk.tillside.localhost.evil.example/' }),
  },
  { what: 'another port', event: office => office.event({}, { url: 'https://desk.tillside.localhost:8443/' }) },
  { what: 'a blank page', event: office => office.event({}, { url: 'about:blank' }) },
  { what: 'another window', event: office => office.event({ sender: {} }) },
  { what: 'a destroyed frame', event: office => office.event({}, gone) },
  { what: 'no frame', event: office => office.event({}, null) },
];
