//! Saying things where no reply can: later, elsewhere, and to others. What may not be said is in the operator's log, and happens all the
//! same.

use hatstand_plugin::chat::Error as ChatError;
use hatstand_plugin::prelude::*;
use hatstand_plugin::questions::Error as QuestionError;

/// Tells everybody in a place.
pub fn post(cx: &Context, place: &Place, message: Message) -> Result<Option<MessageId>> {
    match cx.chat().post(place, message) {
        Ok(id) => Ok(Some(id)),
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => {
            cx.log().warn(format_args!("something happened to a deploy, and I may not say so in {}", place.channel));
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}

/// Tells one person in a place, or where that may not be in direct messages.
pub fn whisper(cx: &Context, place: &Place, to: &User, message: Message) -> Result<()> {
    match cx.chat().whisper(place, to, message.clone()) {
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => direct(cx, None, to, message),
        whispered => Ok(whispered.map(drop)?),
    }
}

/// Writes to one person, or where that may not be tells them in a place.
pub fn direct(cx: &Context, otherwise: Option<&Place>, to: &User, message: Message) -> Result<()> {
    let sent = match (cx.chat().direct(to, message.clone()), otherwise) {
        (Err(ChatError::NotGranted(_)), Some(place)) => cx.chat().whisper(place, to, message),
        (sent, _) => sent,
    };
    match sent {
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => {
            cx.log().warn("somebody could not be told what concerns them");
            Ok(())
        }
        sent => Ok(sent.map(drop)?),
    }
}

/// Shows a message anew.
pub fn edit(cx: &Context, id: &MessageId, message: Message) -> Result<()> {
    match cx.chat().edit(id, message) {
        Err(ChatError::NotGranted(_) | ChatError::Unknown) => {
            cx.log().warn("the card of a deploy is gone");
            Ok(())
        }
        edited => Ok(edited?),
    }
}

/// Asks one person; false if they cannot be asked there.
pub fn ask(cx: &Context, question: Question) -> Result<bool> {
    match cx.questions().ask(question) {
        Err(QuestionError::Unknown | QuestionError::Invalid(_)) => {
            cx.log().warn("somebody could not be asked what concerns them");
            Ok(false)
        }
        asked => Ok(asked.map(|()| true)?),
    }
}
