/** Locations and merchants: one seller with one location, addressable by id or as `main`. */
import { refuse } from './errors.ts';
import type { Route } from './http.ts';
import type { World } from './world.ts';

/** Accepts the location's own id, `main`, or nothing; refuses any other. */
export function requireLocation(world: World, locationId: string | undefined): void {
  if (locationId === undefined || locationId === 'main' || locationId === world.meta.location_id) return;
  throw refuse('INVALID_LOCATION', `The location ${locationId} does not belong to this seller.`, 'location_id');
}

function location(world: World) {
  const { name, status, capabilities, currency, country, timezone } = world.settings.location;
  return {
    id: world.meta.location_id,
    name,
    address: {
      address_line_1: '412 Harbor Street',
      locality: 'Chicago',
      administrative_district_level_1: 'IL',
      postal_code: '60601',
      country,
    },
    timezone,
    capabilities: [...capabilities],
    status,
    created_at: world.meta.born_at,
    merchant_id: world.meta.merchant_id,
    country,
    language_code: 'en-US',
    currency,
    business_name: name,
    type: 'PHYSICAL',
    mcc: '8021',
  };
}

function merchant(world: World) {
  return {
    id: world.meta.merchant_id,
    business_name: world.settings.location.name,
    country: world.settings.location.country,
    language_code: 'en-US',
    currency: world.settings.location.currency,
    status: 'ACTIVE',
    main_location_id: world.meta.location_id,
    created_at: world.meta.born_at,
  };
}

export function placeRoutes(world: World): Route[] {
  const scope = 'MERCHANT_PROFILE_READ';
  return [
    {
      method: 'GET',
      path: '/v2/locations',
      scope,
      handle: () => ({ status: 200, body: { locations: [location(world)] } }),
    },
    {
      method: 'GET',
      path: '/v2/locations/{location_id}',
      scope,
      handle(request) {
        const wanted = request.parameters['location_id'];
        if (wanted !== 'main' && wanted !== world.meta.location_id) {
          throw refuse('NOT_FOUND', `Location not found: ${wanted}.`, 'location_id');
        }
        return { status: 200, body: { location: location(world) } };
      },
    },
    {
      method: 'GET',
      path: '/v2/merchants',
      scope,
      handle: () => ({ status: 200, body: { merchant: [merchant(world)] } }),
    },
    {
      method: 'GET',
      path: '/v2/merchants/{merchant_id}',
      scope,
      handle(request) {
        const wanted = request.parameters['merchant_id'];
        if (wanted !== 'me' && wanted !== world.meta.merchant_id) {
          throw refuse('NOT_FOUND', `Merchant not found: ${wanted}.`, 'merchant_id');
        }
        return { status: 200, body: { merchant: merchant(world) } };
      },
    },
  ];
}
