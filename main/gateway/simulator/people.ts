/** What people do where no request reaches: at a terminal or on a page. In code for tests, and as texts for another process. */
import { text, type JsonObject } from './checks.ts';
import { pairDevice } from './devices.ts';
import { refuse } from './errors.ts';
import { payLink, type PagePayment } from './link-page.ts';
import type { Payment } from './records.ts';
import type { DeviceCode } from './records-terminal.ts';
import { settle } from './settle.ts';
import { cancelAtTerminal, tapCard, type Tap } from './terminal-life.ts';
import type { World } from './world.ts';

export type People = {
  /** Somebody types a device code on a terminal, which may be one of the published test devices. */
  pairDevice(code: string, deviceId?: string): DeviceCode;
  /** Somebody presents a card at a terminal that shows this checkout; a decline leaves it waiting for another card. */
  tapCard(checkoutId: string, tap?: Tap): Payment;
  /** The payer presses cancel on the terminal. */
  cancelCheckout(checkoutId: string): void;
  /** Somebody pays the page of a link, named by its id, with a token of the form or a documented literal. */
  payLink(linkId: string, wish?: { source_id?: string; tip_minor?: number }): PagePayment;
};

/** Each act throws when the thing in front of the person does not allow it. */
export function makePeople(world: World): People {
  return {
    pairDevice(code, deviceId) {
      settle(world);
      return pairDevice(world, code, deviceId);
    },
    tapCard(checkoutId, tap = {}) {
      settle(world);
      return tapCard(world, checkoutId, tap);
    },
    cancelCheckout(checkoutId) {
      settle(world);
      cancelAtTerminal(world, checkoutId);
    },
    payLink: (linkId, wish = {}) => payLink(world, linkId, { source_id: 'cnon:card-nonce-ok', ...wish }),
  };
}

/** The same acts by name: `{"act": "tap_card", "checkout_id": …, "decline": …}`. */
export function actAsPerson(people: People, body: JsonObject): JsonObject {
  const named = (name: string): string => {
    const value = text(body, name);
    if (value === undefined) throw refuse('MISSING_REQUIRED_PARAMETER', 'Missing required parameter.', name);
    return value;
  };
  try {
    switch (body['act']) {
      case 'pair_device':
        return { device_code: people.pairDevice(named('code'), text(body, 'device_id')) };
      case 'tap_card': {
        const decline = text(body, 'decline');
        const tip = body['tip_minor'];
        const tap: Tap = decline === undefined ? {} : { decline };
        if (typeof tip === 'number') tap.tip_minor = tip;
        return { payment: people.tapCard(named('checkout_id'), tap) };
      }
      case 'cancel_checkout':
        people.cancelCheckout(named('checkout_id'));
        return {};
      case 'pay_link': {
        const source_id = text(body, 'source_id');
        return people.payLink(named('link_id'), source_id === undefined ? {} : { source_id });
      }
      default:
        throw refuse('INVALID_VALUE', 'A person acts with pair_device, tap_card, cancel_checkout or pay_link.', 'act');
    }
  } catch (error) {
    if (error instanceof Error && error.constructor === Error) throw refuse('BAD_REQUEST', error.message);
    throw error;
  }
}
