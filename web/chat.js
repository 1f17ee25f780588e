// SPDX-License-Identifier: MIT
// The page: what the desk client (desk.js) knows, as elements. Text of people goes into text nodes only.
import { Desk, storeOf } from './desk.js';
import { wordsOf } from './words.js';

const ask = new URLSearchParams(location.search);
const words = wordsOf(ask.get('lang') || navigator.language);
const store = storeOf(`seatmux:${ask.get('inbox') || ''}`);
const $ = id => document.getElementById(id);
const MOST = 8000;
const TYPING_SHOWN_MS = 5000;

let typingTimer = 0;
let seen = 0;      // agents' messages that were on the screen
let shown = true; // the shop's page has its frame open

const desk = new Desk({ base: new URL('.', location.href), store, about, changed: draw, ephemeral: showTyping });

function about() {
  const told = { language: words.tag };
  const name = store.get().name || ask.get('name');
  if (name) told.name = name;
  if (ask.get('inbox')) told.inbox = ask.get('inbox');
  if (ask.get('order')) told.order = ask.get('order');
  if (ask.get('page')) told.attributes = { page: ask.get('page') };
  return told;
}

function element(tag, className, ...content) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

// --- Lines -----------------------------------------------------------------------------------------

/** Addresses can be followed; everything else is text. */
function linked(text) {
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'，。）]+/g)) {
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

function bubble(who, mine, text, meta) {
  const body = element('span', 'text', ...(text === undefined ? [words.erased] : linked(text)));
  return element('li', mine ? 'mine' : '', element('div', 'meta', who, meta ? ` · ${meta}` : ''), body);
}

function lineOf(line) {
  if (line.kind === 'message') {
    const mine = line.author === 'customer';
    return bubble(mine ? words.you : line.agent || words.agent, mine, line.text, clock(line.at));
  }
  const notes = {
    'conversation.assigned': words.joined, 'conversation.resolved': words.resolved, 'conversation.queued': words.queued,
    'conversation.left': words.left, 'conversation.rated': words.thanks
  };
  return notes[line.event] ? element('li', 'note', notes[line.event]) : null;
}

function waiting(message) {
  const made = bubble(words.you, true, message.text, '');
  const meta = made.querySelector('.meta');
  meta.append(' · ', message.problem ? `${words.refused}: ${message.problem} ` : desk.link === 'live' && !desk.trouble ? words.sending : words.unsent);
  if (message.problem) {
    const button = element('button', 'retry', words.retry);
    button.type = 'button';
    button.addEventListener('click', () => desk.again(message.id));
    meta.append(button);
  }
  return made;
}

/** Only what is new is added, so that a screen reader says it once. */
function drawLog() {
  const log = $('log');
  const wanted = [];
  for (const line of desk.lines) {
    const key = `${line.id || line.seq}${line.text === undefined ? '-' : ''}`;
    wanted.push([key, () => lineOf(line)]);
  }
  for (const m of desk.outbox) wanted.push([`${m.id}!${m.problem || ''}${desk.link}${desk.trouble}`, () => waiting(m)]);
  const have = new Map([...log.children].map(child => [child.dataset.key, child]));
  const stay = atEnd();
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
  if (stay) $('scroll').scrollTop = $('scroll').scrollHeight;
}

function atEnd() {
  const box = $('scroll');
  return box.scrollHeight - box.scrollTop - box.clientHeight < 40;
}

// --- Around them -----------------------------------------------------------------------------------

function stateWords() {
  if (desk.state === 'queued') return words.waiting;
  if (desk.state === 'open' || desk.state === 'snoozed') return words.talking;
  if (desk.state === 'resolved') return `${words.over} ${words.again}`;
  if (desk.conversation) return words.connecting;
  if (!desk.page) return words.connecting;
  if (!desk.page.open) return words.closed;
  return desk.page.online ? words.fresh : words.nobody;
}

function troubleWords() {
  if (desk.link === 'elsewhere') return words.elsewhere;
  if (desk.trouble === 'noInbox') return words.noInbox;
  if (desk.trouble === 'expired') return words.expired;
  if (desk.link === 'lost') return words.offline;
  return desk.trouble === 'busy' ? words.busy : desk.trouble === 'away' ? words.away : '';
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
  if (desk.link === 'elsewhere') {
    const button = element('button', 'retry', words.here);
    button.type = 'button';
    button.addEventListener('click', () => desk.poll());
    box.append(' ', button);
  }
}

/** In the tab's title and for the shop's button: how many answers nobody has seen. */
function drawUnread() {
  const answers = desk.lines.filter(line => line.kind === 'message' && line.author !== 'customer').length;
  if (!document.hidden && shown) seen = answers;
  const unread = Math.max(0, answers - seen);
  document.title = `${unread ? words.unread(unread) : ''}${titleWords()}`;
  if (parent !== window) parent.postMessage({ seatmux: 'unread', n: unread }, '*');
}

function titleWords() {
  return desk.page && desk.page.desk ? `${desk.page.desk} · ${words.title}` : words.title;
}

function draw() {
  setText('title', titleWords());
  setText('state', stateWords());
  drawTrouble();
  drawLog();
  drawUnread();
  $('who').hidden = Boolean(desk.conversation || desk.outbox.length);
  $('leave').hidden = !desk.conversation || desk.state === 'none' || desk.state === 'resolved' || since('conversation.left');
  const answered = desk.lines.some(line => line.kind === 'message' && line.author === 'agent');
  const over = desk.state === 'resolved' || since('conversation.left');
  $('rating').hidden = !over || !answered || since('conversation.rated');
}

/** That this has happened, and the customer has written nothing after it. */
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

// --- What people do --------------------------------------------------------------------------------

function send(event) {
  event.preventDefault();
  const text = $('text').value.trim();
  if (!text) return;
  desk.send(text, $('name').value.trim() || store.get().name);
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
  const body = { stars: Number(chosen.value) };
  const comment = $('comment').value.trim();
  if (comment) body.text = comment;
  $('rate').disabled = true;
  await desk.command('rate', body); // the desk's own event says that it is there
  $('rate').disabled = false;
}

function layOut() {
  document.documentElement.lang = words.tag;
  for (const [id, text] of Object.entries({
    'name-label': words.name, 'text-label': words.text, send: words.send, leave: words.leave, 'rating-title': words.rate,
    'comment-label': words.comment, rate: words.rateSend
  })) setText(id, text);
  $('name').value = store.get().name || ask.get('name') || '';
  words.stars.forEach((word, i) => {
    const input = element('input');
    Object.assign(input, { type: 'radio', name: 'stars', value: String(i + 1), required: true });
    $('stars').append(element('label', '', input, `${'★'.repeat(i + 1)} ${word}`));
  });
}

function listen() {
  $('composer').addEventListener('submit', send);
  $('rating').addEventListener('submit', rate);
  $('leave').addEventListener('click', async () => { await desk.command('leave', {}); draw(); });
  $('text').addEventListener('input', () => { count(); desk.typing(); });
  $('text').addEventListener('keydown', event => {
    // Enter sends; not while an input method is choosing characters.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing && event.keyCode !== 229) send(event);
  });
  document.addEventListener('keydown', event => {
    if (event.key === 'Escape' && parent !== window) parent.postMessage({ seatmux: 'close' }, '*');
  });
  addEventListener('message', event => {
    if (parent === window || event.source !== parent || !event.data) return;
    if (typeof event.data.seatmuxShown === 'boolean') shown = event.data.seatmuxShown;
    if (event.data.seatmuxUser) desk.identify(event.data.seatmuxUser);
    drawUnread();
  });
  addEventListener('online', () => desk.kick());
  document.addEventListener('visibilitychange', () => { if (!document.hidden) { desk.kick(); drawUnread(); } });
}

layOut();
listen();
draw();
if (parent !== window) parent.postMessage({ seatmux: 'ready' }, '*');
desk.greet();
if (desk.token) desk.poll();
desk.pump();
