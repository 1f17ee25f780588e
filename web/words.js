// SPDX-License-Identifier: MIT
// What the page says, in both languages.

const en = {
  preview: ' (we see what you write before you send it)',
  title: 'Chat', name: 'Your name (optional)', text: 'Your message', send: 'Send', leave: 'End the chat', you: 'You', agent: 'Agent',
  notices: { broadcast: 'To all', incident: 'Notice' },
  connecting: 'Connecting…', fresh: 'Write to us, we answer here.',
  closed: 'We are closed now. Leave a message: the answer will be here when you come back.',
  nobody: 'Nobody is here at the moment. Leave a message: the answer will be here when you come back.',
  reach: 'How can we reach you? (mail or phone, optional)', kept: 'We have your message. The answer will be here when you come back.',
  waiting: 'You are in the queue. Somebody will be with you soon.', talking: 'You are talking to us.', over: 'This chat has ended.',
  again: 'Write to go on.', joined: 'A member of our team has joined.', queued: 'You are waiting for somebody else of our team.',
  left: 'You have ended the chat.',
  sending: 'sending…', unsent: 'not sent yet', refused: 'not sent', retry: 'Send again', typing: who => `${who} is typing…`,
  offline: 'No connection. Your messages are kept and go out by themselves.',
  elsewhere: 'This chat is open in another window.', here: 'Use this window', expired: 'This chat has ended here. Write to begin a new one.',
  busy: 'Too much at once. Trying again in a moment.', away: 'The desk could not be reached. Trying again.',
  rate: 'How was it?', stars: ['very bad', 'bad', 'so-so', 'good', 'very good'], comment: 'Anything else? (optional)', rateSend: 'Send rating',
  thanks: 'Thank you for the rating.', complaint: 'This is a complaint', complained: 'a complaint', answered: 'on your rating', ended: at => `Your chat with us, ${at}`,
  tooLate: 'This chat is rated already, or the time for that is over.', noLink: 'This link is not valid.', erased: '(removed)', left8000: n => `${n} characters left`, unread: n => `(${n}) `,
  attach: 'File', lost: 'not available', problems: { gone: 'Choose the file again.' },
  noInbox: 'This entrance does not exist. Please tell the owner of the page.'
};

const zh = {
  preview: '（发送前客服可看到您正在输入的内容）',
  title: '在线客服', name: '您的称呼（可不填）', text: '消息', send: '发送', leave: '结束会话', you: '您', agent: '客服',
  notices: { broadcast: '群发通知', incident: '公告' },
  connecting: '正在连接…', fresh: '请留言，我们在这里回复您。', closed: '现在是休息时间。请留言，下次打开本页即可看到回复。',
  nobody: '暂时没有客服在线。请留言，下次打开本页即可看到回复。',
  reach: '您的联系方式（邮箱或电话，可不填）', kept: '留言已收到，下次打开本页即可看到回复。', waiting: '正在排队，很快为您接入。', talking: '正在为您服务。',
  over: '会话已结束。', again: '继续输入即可再次联系。', joined: '客服已接入。', queued: '正在为您转接其他同事。',
  left: '您已结束会话。', sending: '发送中…', unsent: '尚未发出', refused: '未能发出', retry: '重新发送', typing: who => `${who} 正在输入…`,
  offline: '网络中断。您的消息已保留，恢复后自动发出。', elsewhere: '会话已在另一个窗口打开。', here: '在此窗口继续',
  expired: '本次会话已失效。继续输入即可开始新的会话。', busy: '操作太频繁，稍后自动重试。', away: '暂时连不上，正在重试。',
  rate: '服务评价', stars: ['非常不满意', '不满意', '一般', '满意', '非常满意'], comment: '还有想说的吗？（可不填）', rateSend: '提交评价',
  thanks: '感谢您的评价。', complaint: '我要投诉', complained: '投诉', answered: '回复您的评价', ended: at => `您与我们的会话，${at}`,
  tooLate: '该会话已评价过，或已超过评价期限。', noLink: '链接无效。', erased: '（已删除）', left8000: n => `还可输入 ${n} 字`, unread: n => `(${n}) `,
  attach: '文件', lost: '无法下载', problems: { gone: '请重新选择文件。', file_refused: '不接收此类文件。', too_large: '文件太大。' },
  noInbox: '该入口不存在，请联系网站。'
};

/** The words of a language tag; Chinese for zh-anything, else English. */
export function wordsOf(tag) {
  return String(tag || '').toLowerCase().startsWith('zh') ? { tag: 'zh-CN', ...zh } : { tag: 'en', ...en };
}
