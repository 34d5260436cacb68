// @ts-check
/**
 * Style options to a style sheet. The page has checked them already; they are checked again here, because a frame
 * trusts no page.
 */

/** @type {Record<string, string>} */
const PROPERTIES = {
  backgroundColor: 'background-color',
  color: 'color',
  fontFamily: 'font-family',
  fontSize: 'font-size',
  fontWeight: 'font-weight',
  borderColor: 'border-color',
  borderRadius: 'border-radius',
  borderWidth: 'border-width',
};

const SELECTORS = [
  'input',
  'input::placeholder',
  '.message-text',
  '.message-icon',
  '.input-container',
  'input.is-focus',
  'input.is-focus::placeholder',
  '.input-container.is-focus',
  'input.is-error',
  'input.is-error::placeholder',
  '.input-container.is-error',
  '.message-text.is-error',
  '.message-icon.is-error',
];

const sheet = new CSSStyleSheet();
document.adoptedStyleSheets = [sheet];

/**
 * Replaces the styles of the page.
 * @param {Record<string, Record<string, any>>} style
 */
export function applyStyle(style) {
  const blocks = [rules(style)];
  for (const [query, inner] of Object.entries(style)) {
    if (/^@media [\w\s():,./<>=-]+$/.test(query)) blocks.push(`${query} { ${rules(inner)} }`);
  }
  sheet.replaceSync(blocks.join('\n'));
}

// In a fixed order, so that states win over the plain form whatever the order of the options.
/** @param {Record<string, Record<string, any>>} style */
function rules(style) {
  return SELECTORS.filter(selector => style[selector])
    .map(selector => rule(selector, style[selector] ?? {}))
    .join('\n');
}

/**
 * @param {string} selector
 * @param {Record<string, unknown>} properties
 */
function rule(selector, properties) {
  /** @type {string[]} */
  const own = [];
  /** @type {string[]} */
  const box = [];
  for (const [name, value] of Object.entries(properties)) {
    const property = PROPERTIES[name];
    if (!property || typeof value !== 'string' || /[{};@<>\\]|url\(/i.test(value)) continue;
    if (!CSS.supports(property, value)) continue;
    // The box around an input takes its ground and its ink, so that label, brand and padding belong to it.
    if (property === 'background-color') box.push(`${property}: ${value};`);
    else if (property === 'color' && selector.startsWith('input') && !selector.includes('::')) {
      own.push(`${property}: ${value};`);
      if (!selector.includes('is-error')) box.push(`${property}: ${value};`);
    } else own.push(`${property}: ${value};`);
    if (selector === '.input-container' && name === 'borderWidth' && !value.trim().includes(' ')) {
      own.push(`--border-width: ${value.trim() === '0' ? '0px' : value};`);
    }
  }
  const state = selector.startsWith('.input-container.') ? '::after' : '';
  const target = selector.startsWith('.input-container') ? `.fields ${selector}${state}` : selector;
  const parts = [`${target} { ${own.join(' ')} }`];
  if (box.length > 0) parts.push(`.fields ${selector.replace(/^input/, '.input-container')} { ${box.join(' ')} }`);
  return parts.join('\n');
}
