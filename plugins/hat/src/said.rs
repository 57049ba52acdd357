//! What is said in the end of an invocation, and to whom.

use crate::code;
use crate::texts::announcement::announcement;
use crate::texts::letter::{Letter, letters};
use crate::texts::{Scene, copy};
use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::prelude::*;
use turns::Outcome;

/// So many letters are sent at once, at most: the host allows an invocation only so many messages.
const LETTERS: usize = 12;

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

impl Said {
    /// What is said about one turn. It is an answer if it came of what the person of this invocation, the `asker`, did.
    pub fn about(scene: &Scene<'_>, outcomes: &[Outcome], asker: Option<&User>) -> Self {
        let answered = asker.filter(|asker| scene.actor == Some(asker));
        let announcements: Vec<Message> = announcement(scene, outcomes).into_iter().collect();
        let own = if answered.is_some() { announcements.clone() } else { Vec::new() };
        let letters = outcomes.iter().flat_map(|outcome| letters(scene, outcome));
        let (replies, letters): (Vec<Letter>, Vec<Letter>) = letters.partition(|letter| answered == Some(&letter.to));
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

    /// Tells everybody but the person of this invocation, and returns what they are told.
    pub fn tell(self, cx: &Context, channel: &Channel) -> Result<Reply> {
        let home = Place { channel: channel.clone(), thread: None };
        for message in self.announcements {
            announce(cx, &home, message)?;
        }
        for letter in self.letters.into_iter().take(LETTERS) {
            send(cx, &home, &letter)?;
        }
        let is_away = cx.place().is_some_and(|here| *here != home);
        let copies = self.own.into_iter().filter(|_| is_away).map(|announcement| copy(channel, announcement));
        let replies = copies.chain(self.replies);
        let reply = replies.fold(Reply::nothing(), |reply, message| reply.and(Reply::whisper(message)));
        Ok(reply.code(self.code))
    }
}

/// Tells everybody in the channel. Whoever does something from elsewhere is refused if that is not granted; what happens by itself
/// happens all the same.
fn announce(cx: &Context, home: &Place, message: Message) -> Result<()> {
    match cx.chat().post(home, message) {
        Err(ChatError::NotGranted(_)) if cx.place().and(cx.person()).is_none() => {
            cx.log().warn("a hat changed, and I may not say so in its channel");
        }
        Err(ChatError::Unknown) => cx.log().warn("a hat changed whose channel is gone"),
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
