import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { sanitizeHtml } from './html.js';

const TAGS = new Set(
  (
    'p br hr div span blockquote pre code kbd samp h1 h2 h3 h4 h5 h6 ul ol li dl dt dd strong b em i u s del ins small mark ' +
    'sub sup abbr cite q a img figure figcaption table caption colgroup col thead tbody tfoot tr th td'
  ).split(' '),
);
const ATTRIBUTES = new Set('href title target rel span src alt width height start colspan rowspan scope'.split(' '));

/** What a browser would find dangerous in the text, read by the parser and not by the eye. */
function dangers(html: string): string[] {
  const found: string[] = [];
  const parser = new Parser(
    {
      onopentagname: (name) => {
        if (!TAGS.has(name)) found.push(`<${name}>`);
      },
      onattribute: (name, value) => {
        if (!ATTRIBUTES.has(name)) found.push(`${name}=`);
        if (name !== 'href' && name !== 'src') return;
        const scheme = new URL(value, 'https://shop.example/').protocol;
        const safe = name === 'src' ? ['http:', 'https:'] : ['http:', 'https:', 'mailto:', 'tel:'];
        if (!safe.includes(scheme)) found.push(`${name}=${value}`);
      },
      oncomment: (text) => found.push(`<!--${text}-->`),
      onprocessinginstruction: (name) => found.push(name),
      oncdatastart: () => found.push('<![CDATA['),
    },
    { decodeEntities: true },
  );
  parser.end(html);
  return found;
}

const VECTORS = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<script/xss src="x"></script foo>',
  '<script>alert(1)',
  '<<script>alert(1)//<</script>',
  '<img src=x onerror=alert(1)>',
  '<img src="javascript:alert(1)">',
  '<img src="data:image/svg+xml;base64,PHN2Zz4=">',
  '<img src="https:javascript:alert(1)">',
  '<IMG """><SCRIPT>alert(1)</SCRIPT>">',
  '<img src=`javascript:alert(1)`>',
  '<img src="https://a.example/x.png" onload=alert(1) style="x:expression(1)">',
  '<img/onerror="alert(1)"src=https://a.example/x>',
  '<img src="https://a.example/x"onerror="alert(1)">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href=" javascript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href="java&#10;script:alert(1)">x</a>',
  '<a href="&#1;javascript:alert(1)">x</a>',
  '<a href="jav&#x09;ascript:alert(1)">x</a>',
  '<a href="&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)">x</a>',
  '<a href="JaVaScRiPt:alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html,<script>alert(1)</script>">x</a>',
  '<a href="file:///etc/passwd">x</a>',
  '<a href="java<!-- -->script:alert(1)">x</a>',
  '<a href="https://a.example" onclick="alert(1)" onmouseover=alert(1)>x</a>',
  '<a href="x" style="background:url(javascript:alert(1))">x</a>',
  '<svg onload=alert(1)><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<math><mi xlink:href="data:x,<script>alert(1)</script>">x</mi></math>',
  '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><img src=x onerror=alert(1)></textarea>',
  '<xmp><img src=x onerror=alert(1)></xmp>',
  '<title><img src=x onerror=alert(1)></title>',
  '<template><script>alert(1)</script></template>',
  '<iframe src="javascript:alert(1)"></iframe>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data="data:text/html,x"></object><embed src="x.swf">',
  '<form action="javascript:alert(1)"><input type=submit><button formaction="javascript:alert(1)">x</button></form>',
  '<base href="javascript:alert(1)//">',
  '<meta http-equiv="refresh" content="0;url=javascript:alert(1)">',
  '<link rel=stylesheet href="javascript:alert(1)">',
  '<style>@import "javascript:alert(1)";</style>',
  '<div style="width:expression(alert(1))">x</div>',
  '<body onload=alert(1)><p>x</p>',
  '<table background="javascript:alert(1)"><td background="javascript:alert(1)">x',
  '<p id="x" class="y" onclick=alert(1)>x</p>',
  '<!--[if gte IE 4]><script>alert(1)</script><![endif]-->',
  '<!-- --!><img src=x onerror=alert(1)> -->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '<?xml version="1.0"?><script>alert(1)</script>',
  '<details open ontoggle=alert(1)>x</details>',
  '<video><source onerror="alert(1)"></video>',
  '<isindex type=image src=1 onerror=alert(1)>',
  '<plaintext><script>alert(1)</script>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '<p>&amp;lt;script&amp;gt;</p>',
  '<select><option><style></option></select><img src=x onerror=alert(1)></style>',
  '<a href="https://a.example/?x=1&quot; onclick=&quot;alert(1)">x</a>',
  '<img src="https://a.example/a.png" alt="&quot;><script>alert(1)</script>">',
  '<a target="_top" href="/x">x</a>',
  '<img src="//cdn.example/a.png"><img src="\\\\cdn.example/a.png">',
  '<p>a\0b</p><scr\0ipt>alert(1)</scr\0ipt>',
];

describe('sanitizeHtml', () => {
  it.each(VECTORS)('leaves nothing dangerous of %j, and is a fixed point', (vector) => {
    const clean = sanitizeHtml(vector);
    expect(dangers(clean)).toEqual([]);
    expect(sanitizeHtml(clean)).toBe(clean);
  });

  it('sees dangers where there are some', () => {
    expect(dangers('<p onclick="x">a</p><a href="javascript:x">b</a><script></script><img src="data:x">')).toEqual([
      'onclick=',
      'href=javascript:x',
      '<script>',
      'src=data:x',
    ]);
  });

  it('keeps formatting', () => {
    const html =
      '<h2>Wrench</h2><p>Made of <strong>CrMo</strong> &amp; <em>steel</em></p><ul><li>10 mm</li></ul>' +
      '<table><tr><th scope="col" colspan="2">Size</th></tr><tr><td>M</td></tr></table>';
    expect(sanitizeHtml(html)).toBe(html);
  });

  it('drops the text of scripts, styles and frames, and keeps the text of other unknown elements', () => {
    expect(
      sanitizeHtml('a<script>b</script><style>c</style><iframe>d</iframe><center>e</center><meta charset="x">f'),
    ).toBe('aef');
  });

  it('gives links a rel, and addresses without a scheme https', () => {
    expect(sanitizeHtml('<a href="//a.example/x" target="_blank" rel="opener">x</a>')).toBe(
      '<a href="https://a.example/x" target="_blank" rel="noopener noreferrer">x</a>',
    );
    expect(sanitizeHtml('<img src="//a.example/x.png" alt="">')).toBe('<img src="https://a.example/x.png" alt="" />');
    expect(sanitizeHtml('<a href="/pages/size">x</a>')).toBe('<a href="/pages/size" rel="noopener noreferrer">x</a>');
  });

  it('drops pictures that have no address by http or https', () => {
    expect(sanitizeHtml('<img src="a.png">x<img alt="y"><img src="data:image/png;base64,AA==">')).toBe('x');
  });

  it('is safe and a fixed point for any mixture of fragments', () => {
    const fragment = fc.oneof(
      fc.constantFrom(...VECTORS),
      fc.constantFrom(
        '<p>',
        '</p>',
        '<',
        '>',
        '"',
        "'",
        '&',
        '&lt;',
        '&amp',
        '&#x3c;',
        '--',
        '<!--',
        '-->',
        '<li>',
        '</ul>',
      ),
      fc.constantFrom(
        '<td>',
        '<a href="',
        '<img src="https://',
        '</script>',
        '<svg>',
        '<pre>\n',
        '<br/>',
        '</br>',
        '</',
      ),
      fc.string({ unit: 'binary', maxLength: 12 }),
    );
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 8 }), (parts) => {
        const clean = sanitizeHtml(parts.join(''));
        expect(dangers(clean)).toEqual([]);
        expect(sanitizeHtml(clean)).toBe(clean);
        expect(clean).not.toContain('\0');
      }),
      { numRuns: 2000 },
    );
  });

  it('takes deep nesting and long runs without trouble', () => {
    const deep = '<div>'.repeat(20_000) + 'x';
    const clean = sanitizeHtml(deep);
    expect(dangers(clean)).toEqual([]);
    expect(sanitizeHtml(clean)).toBe(clean);
    expect(sanitizeHtml('<'.repeat(100_000)).length).toBeGreaterThan(0);
    expect(sanitizeHtml('x'.repeat(500_000) + '<img>'.repeat(50_000))).toHaveLength(500_000);
  });
});
