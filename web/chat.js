// SPDX-License-Identifier: MIT
// The page: what desk.js knows, as elements. Text of people goes into text nodes only.
import { Desk, storeOf } from './desk.js';
import { wordsOf } from './words.js';

const ask = new URLSearchParams(location.search);
const words = wordsOf(ask.get('lang') || navigator.language);
const link = ask.get('rate'); // signed: one conversation is rated here
const store = storeOf(link ? 'seatmux-rate' : `seatmux:${ask.get('inbox') || ''}`);
const $ = id => document.getElementById(id);
const MOST = 8000;
const TYPING_SHOWN_MS = 5000;
const SIGNED_MS = 10000;

const own = parent === window && !link; // no shop tells of the visit
let typingTimer = 0;
let seen = 0; // agents' messages that were on the screen
let shown = true; // the shop's page has its frame open

const desk = new Desk({ base: new URL('.', location.href), store, about, changed: draw, ephemeral: showTyping });
let introduce = () => {};
// A message that overtook the shop's signature would begin a conversation of nobody.
if (ask.get('signed')) desk.known = new Promise(done => { introduce = done; setTimeout(done, SIGNED_MS); });

function about() {
  const told = { language: words.tag };
  const name = store.get().name || ask.get('name');
  if (name) told.name = name;
  for (const key of ['inbox', 'order']) if (ask.get(key)) told[key] = ask.get(key);
  if (ask.get('page')) told.attributes = { page: ask.get('page') };
  const visit = ask.get('visit') || (own && (store.get().visit || {}).id);
  if (visit) told.visit = visit;
  return told;
}

/** What is shown turns no line around, hides nothing, grows over nothing. */
const clean = text => text.replace(/[^\P{Cc}\s]|\p{NChar}/gu, '\ufffd')
  .replace(/(\u{1f3f4}\p{Cf}{1,6})|([ -~])(?:\u200d|\u200c(?![^\0-~]))|(?![\u0600-\u070f\u08e2\u180e\u200c\u200d])\p{Cf}|[\u115f\u1160\u2028\u2029\u3164]/gu, '$1$2')
  .replace(/(\p{M}{8})\p{M}+/gu, '$1');

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content.map(part => typeof part === 'string' ? clean(part) : part));
  return made;
}

function buttonOf(className, text, pressed) {
  const made = element('button', className, text);
  made.type = 'button';
  made.addEventListener('click', pressed);
  return made;
}

/** Addresses can be followed; everything else is text. */
function linked(text) {
  const parts = [];
  let at = 0;
  for (const match of (text = clean(text)).matchAll(/https?:\/\/[^\s<>"'，。）]+/g)) {
    const link = element('a', '', match[0]);
    link.href = match[0];
    link.target = '_blank';
    link.rel = 'noopener noreferrer nofollow';
    parts.push(text.slice(at, match.index), link);
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

function clock(ms) {
  const at = new Date(ms);
  const today = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(words.tag, today ? { hour: '2-digit', minute: '2-digit' } : { dateStyle: 'short', timeStyle: 'short' });
}

/** From memory: a picture is shown, all is saved. */
function attached({ file, text }) {
  const save = href => Object.assign(element('a'), { href, download: text }).click();
  const button = buttonOf('file', `${text} (${Math.ceil(file.size / 1024)} KB)`, () => get(save));
  const get = use => desk.bytes(file).then(blob => use(URL.createObjectURL(blob)), () => { button.textContent = `${text}: ${words.lost}`; });
  if (!/^image.(png|jpeg|gif|webp)$/.test(file.type)) return [button];
  const picture = element('img');
  picture.alt = text;
  get(src => { picture.src = src; });
  return [picture, button];
}

function bubble(who, mine, line, meta) {
  const { text, file } = line;
  const body = element('span', 'text', ...(text === undefined ? [words.erased] : file && file.id ? attached(line) : linked(text)));
  return element('li', mine ? 'mine' : '', element('div', 'meta', who, meta ? ` · ${meta}` : ''), body);
}

function lineOf(line) {
  if (line.kind === 'message') {
    const mine = line.author === 'customer';
    const who = words.notices[line.message_kind] || line.agent || words.agent;
    return bubble(mine ? words.you : who, mine, line, clock(line.at));
  }
  if (line.event === 'rating.answered') return bubble(line.agent || words.agent, false, line, `${words.answered} · ${clock(line.at)}`);
  const stars = line.stars || line.level || 0;
  const notes = {
    'conversation.assigned': words.joined, 'conversation.resolved': words.over, 'conversation.queued': words.queued,
    'conversation.left': words.left, ended: words.ended(clock(line.at)),
    'conversation.rated': `${words.thanks} ${'★'.repeat(stars)} ${words.stars[stars - 1] || ''}${line.complaint ? ` · ${words.complained}` : ''}`
  };
  const said = notes[line.event || line.seq];
  return said ? element('li', 'note', said) : null;
}

function waiting(message) {
  const made = bubble(words.you, true, message, '');
  const meta = made.querySelector('.meta');
  meta.append(' · ', message.problem ? `${words.refused}: ${words.problems[message.code] || message.problem} ` : desk.link === 'live' && !desk.trouble ? words.sending : words.unsent);
  if (message.problem) meta.append(buttonOf('retry', words.retry, () => desk.again(message.id)));
  return made;
}

/** Only what is new is added, so that a screen reader says it once. */
function drawLog() {
  const log = $('log');
  const wanted = desk.lines.map(line => [`${line.id || line.seq}${line.text === undefined ? '-' : ''}`, () => lineOf(line)]);
  for (const m of desk.outbox) wanted.push([`${m.id}!${m.problem || ''}${desk.link}${desk.trouble}`, () => waiting(m)]);
  const have = new Map([...log.children].map(child => [child.dataset.key, child]));
  const keep = new Set(wanted.map(([key]) => key));
  for (const [key, child] of have) if (!keep.has(key)) child.remove();
  let place = null;
  for (const [key, make] of wanted) {
    let child = have.get(key);
    if (!child) {
      child = make();
      if (!child) continue;
      child.dataset.key = key;
      if (place) place.after(child); else log.prepend(child);
    }
    place = child;
  }
}

function atEnd() {
  const box = $('scroll');
  return box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}

function stateWords() {
  if (link) return !desk.rating ? desk.trouble ? '' : words.connecting : desk.rating.until || desk.rating.stars ? '' : words.tooLate;
  if (desk.offline) return words.kept;
  if (desk.away()) return desk.page.open ? words.nobody : words.closed;
  if (over()) return `${words.over} ${words.again}`;
  if (desk.state === 'queued') return words.waiting;
  if (desk.state === 'open' || desk.state === 'snoozed') return words.talking;
  return desk.conversation || !desk.page ? words.connecting : words.fresh;
}

function troubleWords() {
  if (desk.link === 'elsewhere') return words.elsewhere;
  return desk.link === 'lost' && (!desk.trouble || desk.trouble === 'away') ? words.offline : words[desk.trouble] || '';
}

function setText(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

function drawTrouble() {
  const said = troubleWords();
  const box = $('trouble');
  box.hidden = !said;
  if (box.dataset.said === said) return;
  box.dataset.said = said;
  box.replaceChildren(said);
  if (desk.link === 'elsewhere') box.append(' ', buttonOf('retry', words.here, () => desk.poll()));
}

function tell(seatmux, n) { if (parent !== window) parent.postMessage({ seatmux, n }, '*'); }

/** For the title and the shop's button: answers nobody has seen. */
function drawUnread() {
  const answers = desk.lines.filter(line => line.kind === 'message' && line.author !== 'customer').length;
  if (!document.hidden && shown) seen = answers;
  const unread = Math.max(0, answers - seen);
  document.title = `${unread ? words.unread(unread) : ''}${titleWords()}`;
  tell('unread', unread);
}

function titleWords() {
  return desk.page?.desk ? `${desk.page.desk} · ${words.title}` : words.title;
}

function draw() {
  setText('title', titleWords());
  setText('state', stateWords());
  setText('text-label', words.text + (desk.page?.preview ? words.preview : ''));
  drawTrouble();
  const stay = atEnd();
  drawLog();
  drawUnread();
  $('attach').hidden = !desk.conversation || !desk.page?.files;
  $('up').hidden = !desk.share;
  $('up').value = desk.share || 0;
  $('who').hidden = Boolean(desk.conversation || desk.outbox.length);
  $('reach').hidden = $('reach-label').hidden = !desk.away();
  $('leave').hidden = !desk.conversation || desk.state === 'none' || over();
  const answered = desk.lines.some(line => line.kind === 'message' && line.author === 'agent');
  $('rating').hidden = desk.rating ? !desk.rating.until : !over() || !answered || since('conversation.rated');
  if (stay) $('scroll').scrollTop = $('scroll').scrollHeight;
}

function over() { return desk.state === 'resolved' || since('conversation.left'); }

/** This has happened, and the customer has written nothing since. */
function since(event) {
  for (let i = desk.lines.length - 1; i >= 0; i--) {
    if (desk.lines[i].event === event) return true;
    if (desk.lines[i].kind === 'message' && desk.lines[i].author === 'customer') return false;
  }
  return false;
}

function showTyping(event) {
  if (event.type !== 'typing' || event.author === 'customer') return;
  setText('typing', words.typing(event.agent || words.agent));
  $('typing').hidden = false;
  if (atEnd()) $('scroll').scrollTop = $('scroll').scrollHeight;
  clearTimeout(typingTimer);
  typingTimer = setTimeout(() => { $('typing').hidden = true; }, TYPING_SHOWN_MS);
}

function send(event) {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  desk.send(text, $('name').value.trim() || store.get().name, $('reach').value.trim());
  $('text').value = '';
  count();
  $('scroll').scrollTop = $('scroll').scrollHeight;
  $('text').focus();
}

function count() {
  const rest = MOST - $('text').value.length;
  $('count').hidden = rest > 500;
  setText('count', words.left8000(rest));
}

async function rate(event) {
  event.preventDefault();
  const chosen = document.querySelector('input[name=stars]:checked');
  if (!chosen) return;
  const body = { stars: Number(chosen.value), text: $('comment').value.trim() || undefined, complaint: $('complaint').checked };
  $('rate').disabled = true;
  const { status } = await desk.rate(body); // the desk's own event says that it is there
  $('rate').disabled = false;
  setText('refused', !status ? words.away : status === 200 ? '' : words.tooLate);
  if (status === 200) $('scroll').focus();
}

function layOut() {
  document.documentElement.lang = words.tag;
  for (const said of document.querySelectorAll('[data-w]')) said.textContent = words[said.dataset.w];
  $('name').value = store.get().name || ask.get('name') || '';
  words.stars.forEach((word, i) => {
    const input = element('input');
    Object.assign(input, { type: 'radio', name: 'stars', value: String(i + 1), required: true });
    $('stars').append(element('label', '', input, `${'★'.repeat(i + 1)} ${word}`));
  });
}

function listen() {
  $('composer').addEventListener('submit', send);
  const attach = files => { if (!$('attach').hidden) [...files].forEach(file => desk.attach(file)); };
  $('attach').addEventListener('click', () => $('file').click());
  $('file').addEventListener('change', event => { attach(event.target.files); event.target.value = ''; });
  $('text').addEventListener('paste', event => attach(event.clipboardData.files));
  $('rating').addEventListener('submit', rate);
  $('leave').addEventListener('click', async () => { await desk.command('leave', {}); draw(); });
  $('text').addEventListener('focus', () => desk.greet());
  $('text').addEventListener('input', () => { count(); desk.typing($('text').value); });
  $('text').addEventListener('keydown', event => {
    // Enter sends; not while an input method is choosing characters.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) send(event);
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape') tell('close');
  });
  addEventListener('message', event => {
    if (parent === window || event.source !== parent || !event.data) return;
    if (typeof event.data.seatmuxShown === 'boolean') shown = event.data.seatmuxShown;
    if (event.data.seatmuxUser) introduce(desk.known = desk.identify(event.data.seatmuxUser));
    if (event.data.seatmuxBegin) desk.known.then(() => desk.begin());
    drawUnread();
  });
  addEventListener('online', () => desk.kick());
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { desk.kick(); drawUnread(); visit(); } });
}

function visit() {
  if (own && !navigator.globalPrivacyControl && navigator.doNotTrack !== '1') desk.visit();
}

layOut();
listen();
draw();
tell('ready');
desk.greet().then(visit);
if (link) {
  $('composer').hidden = true;
  desk.later(`v1/ratings/${encodeURIComponent(link)}`);
} else {
  if (desk.token) desk.poll();
  desk.pump();
}
