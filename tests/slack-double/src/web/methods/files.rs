//! `files.*`: an upload is announced, sent to its URL, and completed ("Working with files").

use serde_json::{Value, json};

use crate::{
    ChannelId, FileId, UserId,
    state::{Refused, State, file::Stored, refuse},
    web::{
        arguments::{Arguments, missing},
        method::Caller,
        page,
    },
};

pub(crate) fn upload_url(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let name = arguments.required("filename")?;
    let Some(length) = arguments.number("length").and_then(|length| u64::try_from(length).ok()).filter(|length| *length > 0) else {
        return refuse("missing_argument");
    };
    let (id, path) = state.announce_file(&caller.user, Some(&caller.app), name, length);
    Ok(json!({ "upload_url": format!("{}/{path}", state.base_url()), "file_id": id }))
}

pub(crate) fn complete(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let Some(Ok(Value::Array(files))) = arguments.structure("files") else { return Err(missing("files")) };
    let channels = destinations(state, caller, arguments)?;
    let mut ids: Vec<FileId> = Vec::new();
    for file in &files {
        let Some(id) = file["id"].as_str() else { return refuse("invalid_arguments") };
        if state.files.get(id).is_none_or(|stored| stored.app.as_ref() != Some(&caller.app)) {
            return refuse("file_not_found");
        }
        ids.push(state.complete_file(id, file["title"].as_str())?);
    }
    let comment = arguments.text("initial_comment").unwrap_or_default();
    let thread = arguments.ts("thread_ts", "invalid_thread_ts")?;
    for channel in channels {
        let author = state.author_for(&caller.app, &caller.team)?;
        state.share_files(&ids, &channel, author, comment, thread)?;
    }
    let shown: Vec<Value> = ids.iter().filter_map(|id| state.files.get(id)).map(|file| state.file_json(file)).collect();
    Ok(json!({ "files": shown }))
}

fn destinations(state: &State, caller: &Caller, arguments: &Arguments) -> Refused<Vec<ChannelId>> {
    let mut named = arguments.list("channels");
    named.extend(arguments.text("channel_id").map(Into::into));
    for channel in &named {
        let room = state.readable(&channel.as_str().into(), &caller.user)?;
        if !room.members.contains(&caller.user) {
            return refuse("not_in_channel");
        }
    }
    Ok(named.into_iter().map(ChannelId::from).collect())
}

pub(crate) fn info(state: &mut State, _: &Caller, arguments: &Arguments) -> Refused<Value> {
    let file = state.file(arguments.required("file")?)?;
    let content = file.content.as_deref().map(String::from_utf8_lossy);
    Ok(json!({ "file": state.file_json(file), "content": content, "comments": [], "response_metadata": { "next_cursor": "" } }))
}

/// The old paging: by numbered pages.
pub(crate) fn list(state: &mut State, _: &Caller, arguments: &Arguments) -> Refused<Value> {
    let user = arguments.text("user").map(UserId::from);
    let channel = arguments.text("channel").map(ChannelId::from);
    let listed = |file: &&Stored| {
        file.complete
            && !file.deleted
            && user.as_ref().is_none_or(|user| file.owner == *user)
            && channel.as_ref().is_none_or(|channel| file.channels.contains(channel))
    };
    let files: Vec<&Stored> = state.files.values().filter(listed).collect();
    let count = arguments.number("count").map_or(Ok(100), |_| page::limit(arguments))?.max(1);
    let number = arguments.number("page").and_then(|page| usize::try_from(page).ok()).unwrap_or(1).max(1);
    let shown: Vec<Value> = files.iter().skip((number - 1).saturating_mul(count)).take(count).map(|file| state.file_json(file)).collect();
    let paging = json!({ "count": count, "total": files.len(), "page": number, "pages": files.len().div_ceil(count) });
    Ok(json!({ "files": shown, "paging": paging }))
}

pub(crate) fn delete(state: &mut State, caller: &Caller, arguments: &Arguments) -> Refused<Value> {
    let id = arguments.required("file")?;
    if state.file(id)?.owner != caller.user {
        return refuse("cant_delete_file");
    }
    if let Some(file) = state.files.get_mut(id) {
        file.deleted = true;
    }
    let event = json!({ "type": "file_deleted", "file_id": id, "event_ts": state.event_ts() });
    state.announce_to(&caller.app, &caller.team, "file_deleted", event);
    Ok(json!({}))
}
