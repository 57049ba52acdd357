//! What is said in the end of an invocation, and to whom.

use crate::code;
use crate::words::together;
use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::message::{Block, Span};
use hatstand_plugin::prelude::*;
use turns::Outcome;

/// So many letters are sent at once, at most: the host allows an invocation only so many messages.
const LETTERS: usize = 12;

/// So many lines are one message, at most.
const LINES: usize = 30;

/// More announcements or answers than this become lines of one message.
const APART: usize = 3;

/// The host takes texts of at most 16 KiB. What is longer is cut: nobody reads as much.
const TEXT_BYTES: usize = 15 * 1024;

/// More buttons than this are not shown below one message.
const BUTTONS: usize = 25;

/// Something for one person's eyes.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub to: User,
    pub message: Message,
}

/// What is said about everything that happened in one invocation.
#[derive(Debug, Default)]
pub struct Said {
    /// To everybody in the channel.
    announcements: Vec<Message>,
    /// Those of them that are about what the person of this invocation did.
    own: Vec<Message>,
    letters: Vec<Letter>,
    /// To the person of this invocation alone.
    replies: Vec<Message>,
    code: &'static str,
}

impl Letter {
    pub fn new(to: &User, message: Message) -> Self {
        Self { to: to.clone(), message }
    }
}

impl Said {
    /// What is said about one turn. It answers somebody if it came of what they did: their letters are then part of the answer.
    pub fn about(outcomes: &[Outcome], announcement: Option<Message>, letters: Vec<Letter>, answered: Option<&User>) -> Self {
        let announcements: Vec<Message> = announcement.into_iter().collect();
        let own = if answered.is_some() { announcements.clone() } else { Vec::new() };
        let (replies, letters): (Vec<Letter>, Vec<Letter>) = letters.into_iter().partition(|letter| answered == Some(&letter.to));
        let replies = replies.into_iter().map(|letter| letter.message).collect();
        Self { announcements, own, letters, replies, code: outcomes.first().map(code::of_outcome).unwrap_or_default() }
    }

    /// Adds what is said after this.
    pub fn extend(&mut self, later: Self) {
        self.announcements.extend(later.announcements);
        self.own.extend(later.own);
        self.letters.extend(later.letters);
        self.replies.extend(later.replies);
        if !later.code.is_empty() {
            self.code = later.code;
        }
    }

    /// Tells the person of this invocation something, before what else they are told.
    pub fn reply(&mut self, message: Message, code: &'static str) {
        self.replies.push(message);
        self.code = code;
    }

    /// Writes to somebody.
    pub fn write(&mut self, letter: Letter) {
        self.letters.push(letter);
    }

    /// Tells everybody in the channel something that the person of this invocation did.
    pub fn announce(&mut self, message: Message, code: &'static str) {
        self.announcements.push(message.clone());
        self.own.push(message);
        self.code = code;
    }

    /// Makes one message with a line for each of what everybody is told, and one of what the person of this invocation is.
    #[must_use]
    pub fn in_lines(self) -> Self {
        let Self { announcements, own, replies, .. } = self;
        Self { announcements: lines(announcements), own: lines(own), replies: lines(replies), ..self }
    }

    /// Tells everybody but the person of this invocation, and returns what they are told.
    pub fn tell(self, cx: &Context, channel: &Channel) -> Result<Reply> {
        let home = Place { channel: channel.clone(), thread: None };
        for message in few(self.announcements) {
            announce(cx, &home, message)?;
        }
        for Letter { to, message } in self.letters.into_iter().take(LETTERS) {
            send(cx, &home, &Letter { to, message: fitted(message) })?;
        }
        let is_away = cx.place().is_some_and(|here| *here != home);
        let copies = self.own.into_iter().filter(|_| is_away).map(|announcement| copy(channel, announcement));
        let replies = few(copies.chain(self.replies).collect()).into_iter();
        let reply = replies.fold(Reply::nothing(), |reply, message| reply.and(Reply::whisper(message)));
        Ok(reply.code(self.code))
    }
}

/// An announcement for somebody who did it from elsewhere: nobody is notified twice, and what can be pressed is in the channel.
pub fn copy(channel: &Channel, announcement: Message) -> Message {
    let text = announcement.text.into_iter().map(|span| match span {
        Span::Mention(person) => Span::Name(person),
        span => span,
    });
    about(channel, Message { text: text.collect(), blocks: Vec::new() })
}

/// Something that is told elsewhere than in the channel that it is about.
pub fn about(channel: &Channel, mut message: Message) -> Message {
    let mut text = say!("In {channel}: ").text;
    text.append(&mut message.text);
    Message { text, ..message }
}

/// Tells everybody in the channel. Whoever does something from elsewhere is refused if that is not granted; what happens by itself
/// happens all the same.
fn announce(cx: &Context, home: &Place, message: Message) -> Result<()> {
    match cx.chat().post(home, message) {
        Err(ChatError::NotGranted(_)) if cx.place().and(cx.person()).is_none() => {
            cx.log().warn("something changed, and I may not say so in its channel");
        }
        Err(ChatError::Unknown) => cx.log().warn("something changed whose channel is gone"),
        posted => return Ok(posted.map(drop)?),
    }
    Ok(())
}

/// Tells one person, in direct messages where the operator allows it, else in the channel for their eyes only.
fn send(cx: &Context, home: &Place, letter: &Letter) -> Result<()> {
    let sent = match cx.chat().direct(&letter.to, letter.message.clone()) {
        Err(ChatError::NotGranted(_)) => cx.chat().whisper(home, &letter.to, letter.message.clone()),
        sent => sent,
    };
    match sent {
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => cx.log().warn("somebody could not be told what concerns them"),
        sent => return Ok(sent.map(drop)?),
    }
    Ok(())
}

/// Not more messages than the host lets an invocation say, and none that is longer than it takes.
fn few(messages: Vec<Message>) -> Vec<Message> {
    let messages = if messages.len() > APART { lines(messages) } else { messages };
    messages.into_iter().map(fitted).collect()
}

/// As many lines as fit into one message, and how many more there are.
fn lines(mut messages: Vec<Message>) -> Vec<Message> {
    let mut room = TEXT_BYTES;
    let fits = messages.iter().take_while(|message| {
        let bytes = bytes(message) + 1;
        let fits = bytes <= room;
        room = room.saturating_sub(bytes);
        fits
    });
    let most = fits.count().max(1);
    if messages.len() > LINES.min(most) {
        let more = messages.split_off(most.min(LINES - 1)).len();
        messages.push(say!("… and {more} more"));
    }
    together(messages, "\n").into_iter().collect()
}

/// The message as far as the host takes it.
pub fn fitted(mut message: Message) -> Message {
    if bytes(&message) > TEXT_BYTES {
        let mut room = TEXT_BYTES;
        let mut text = Vec::new();
        for span in message.text {
            match span {
                span if span_bytes(&span) <= room => {
                    room -= span_bytes(&span);
                    text.push(span);
                }
                Span::Plain(long) => {
                    text.push(Span::Plain(long[..long.floor_char_boundary(room)].to_owned()));
                    break;
                }
                _ => break,
            }
        }
        text.push(Span::Markdown("…".to_owned()));
        message.text = text;
    }
    for block in &mut message.blocks {
        if let Block::Buttons(buttons) = block {
            buttons.truncate(BUTTONS);
        }
    }
    message
}

fn bytes(message: &Message) -> usize {
    message.text.iter().map(span_bytes).sum()
}

fn span_bytes(span: &Span) -> usize {
    match span {
        Span::Markdown(text) | Span::Plain(text) => text.len(),
        Span::Mention(id) | Span::Name(id) => id.as_str().len(),
        Span::Channel(id) => id.as_str().len(),
        Span::Time(_) | Span::Everybody => 16,
    }
}
