// SPDX-License-Identifier: MIT
// One line in a shop's page: <script src="https://desk.example/embed.js" data-inbox="web" async></script>
// A button, and behind it the desk's chat page in a frame. Nothing of the shop's page is read but the data- attributes.
(function () {
  'use strict';
  const script = document.currentScript;
  if (!script || window.seatmux) return;
  const home = new URL('.', script.src);
  const zh = (script.dataset.lang || document.documentElement.lang || navigator.language || '').toLowerCase().startsWith('zh');
  const words = zh ? { open: '在线客服', close: '关闭聊天', unread: n => `${n} 条新消息` }
    : { open: 'Chat with us', close: 'Close the chat', unread: n => `${n} new` };

  const page = new URL('chat', home);
  for (const name of ['inbox', 'lang', 'name', 'order']) if (script.dataset[name]) page.searchParams.set(name, script.dataset[name]);
  page.searchParams.set('page', location.pathname.slice(0, 200));

  function style(element, rules) { for (const name in rules) element.style.setProperty(name, rules[name]); }

  const button = document.createElement('button');
  button.type = 'button';
  button.textContent = words.open;
  button.setAttribute('aria-expanded', 'false');
  style(button, {
    position: 'fixed', right: '16px', bottom: '16px', 'z-index': '2147483000', font: '16px system-ui, sans-serif', padding: '12px 20px',
    'border-radius': '24px', border: '2px solid #fff', background: '#0b57d0', color: '#fff', cursor: 'pointer'
  });
  let frame = null;

  function layOut() {
    const narrow = window.innerWidth < 520;
    style(frame, {
      position: 'fixed', right: narrow ? '0' : '16px', bottom: narrow ? '64px' : '80px', width: narrow ? '100%' : '400px',
      height: narrow ? 'calc(100% - 72px)' : 'min(600px, calc(100% - 100px))', border: '1px solid #57606a',
      'border-radius': narrow ? '0' : '12px', 'z-index': '2147483000', background: '#fff'
    });
  }

  /** So that an answer behind a closed frame counts as unread. */
  function tell(on) { frame.contentWindow.postMessage({ seatmuxShown: on }, home.origin); }

  function open() {
    if (!frame) {
      frame = document.createElement('iframe');
      frame.title = words.open;
      frame.src = page.href;
      layOut();
      window.addEventListener('resize', layOut);
      document.body.append(frame);
    }
    frame.style.setProperty('display', 'block');
    button.textContent = words.close;
    button.setAttribute('aria-expanded', 'true');
    tell(true);
    frame.focus();
  }

  function close() {
    if (!frame) return;
    frame.style.setProperty('display', 'none');
    button.textContent = words.open;
    button.setAttribute('aria-expanded', 'false');
    tell(false);
    button.focus();
  }

  function shown() { return frame !== null && frame.style.display !== 'none'; }

  button.addEventListener('click', () => (shown() ? close() : open()));
  window.addEventListener('message', event => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== home.origin) return;
    const data = event.data || {};
    if (data.seatmux === 'ready' && script.dataset.user)
      frame.contentWindow.postMessage({ seatmuxUser: {
        user: script.dataset.user, expires: Number(script.dataset.expires), signature: script.dataset.signature || ''
      } }, home.origin);
    if (data.seatmux === 'close') close();
    if (data.seatmux === 'unread' && !shown())
      button.textContent = data.n > 0 ? `${words.open} (${words.unread(Number(data.n))})` : words.open;
  });
  const put = () => document.body.append(button);
  if (document.body) put(); else document.addEventListener('DOMContentLoaded', put);
  window.seatmux = Object.freeze({ open, close });
}());
