// A person at a browser, without one: follows redirects, keeps cookies, fills in forms.
export class Browser {
  cookies = {}; // by origin

  // Opens an address and what it leads to; ends at a page.
  async open(url, options = {}) {
    for (let hops = 0; hops < 10; hops++) {
      const { origin } = new URL(url);
      const cookie = Object.entries(this.cookies[origin] ?? {}).map(([k, v]) => `${k}=${v}`).join('; ');
      const reply = await fetch(url, { ...options, redirect: 'manual', headers: { ...options.headers, ...(cookie && { cookie }) } });
      const set = reply.headers.getSetCookie?.() // Debian's Node.js 18 has none
        ?? (reply.headers.get('set-cookie') ?? '').split(/, (?=[^ ;,]+=)/).filter(Boolean);
      for (const line of set) {
        const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
        (this.cookies[origin] ??= {})[name] = value;
      }
      if (reply.status < 300 || reply.status >= 400) {
        this.url = url;
        this.status = reply.status;
        this.html = await reply.text();
        return this.html;
      }
      url = new URL(reply.headers.get('location'), url).href;
      options = {};
    }
    throw new Error(`it leads nowhere: ${url}`);
  }

  // Sends the page's form with what stands in it and these fields.
  submit(fields) {
    const unescape = (s) => s.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&');
    const form = this.html.match(/<form method=post action="?([^ ">]+)"?>/);
    const body = new URLSearchParams();
    for (const [, name, value] of this.html.matchAll(/<input type=hidden name="([^"]*)" value="([^"]*)">/g)) body.set(name, unescape(value));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.open(new URL(form[1], this.url).href, { method: 'POST', body, headers: { origin: new URL(this.url).origin } });
  }

  // What a list offers: { label: value }.
  options() {
    return Object.fromEntries([...this.html.matchAll(/<option value="([^"]+)">([^<]*)<\/option>/g)].map(([, value, label]) => [label, value]));
  }
}
