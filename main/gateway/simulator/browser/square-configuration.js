// @ts-check
/** What the script may know about the simulator. The server puts its own values in place of this module. */
export const CONFIGURATION = { applicationId: '', locationId: '', environment: 'sandbox' };
