//! Files: announced, uploaded, shared ("files.getUploadURLExternal method", "files.completeUploadExternal method").

use serde_json::{Value, json};

use super::{Refused, State, message::Draft, mint, refuse};
use crate::{AppId, Author, ChannelId, FileId, Ts, UserId};

#[derive(Clone, Debug)]
pub(crate) struct Stored {
    pub(crate) id: FileId,
    pub(crate) name: String,
    pub(crate) title: String,
    pub(crate) owner: UserId,
    pub(crate) app: Option<AppId>,
    /// The end of its upload URL, until it is complete.
    pub(crate) upload: Option<String>,
    pub(crate) announced: u64,
    pub(crate) content: Option<Vec<u8>>,
    pub(crate) created: u64,
    pub(crate) channels: Vec<ChannelId>,
    pub(crate) complete: bool,
    pub(crate) deleted: bool,
}

impl State {
    /// Announces a file; the path of its upload URL comes back with it.
    pub(crate) fn announce_file(&mut self, owner: &UserId, app: Option<&AppId>, name: &str, length: u64) -> (FileId, String) {
        let id = FileId::from(self.mint.id("F"));
        let path = format!("upload/v1/{}", mint::secret(&mut self.random, 32));
        let stored = Stored {
            id: id.clone(),
            name: name.into(),
            title: name.into(),
            owner: owner.clone(),
            app: app.cloned(),
            upload: Some(path.clone()),
            announced: length,
            content: None,
            created: self.clock.seconds(),
            channels: Vec::new(),
            complete: false,
            deleted: false,
        };
        self.files.insert(id.clone(), stored);
        self.dirty = true;
        (id, path)
    }

    /// Takes the content for an upload URL; false if it is none.
    pub(crate) fn receive_upload(&mut self, path: &str, content: Vec<u8>) -> bool {
        self.dirty = true;
        let Some(file) = self.files.values_mut().find(|file| file.upload.as_deref() == Some(path)) else { return false };
        let (id, announced, got) = (file.id.clone(), file.announced, content.len() as u64);
        file.content = Some(content);
        if announced != got {
            self.complain("upload_length", format!("{id} was announced with {announced} bytes and came with {got}"));
        }
        true
    }

    pub(crate) fn file(&self, id: &str) -> Refused<&Stored> {
        match self.files.get(id) {
            Some(file) if file.deleted => refuse("file_deleted"),
            Some(file) if file.complete => Ok(file),
            _ => refuse("file_not_found"),
        }
    }

    /// Completes an upload: from here on the file exists.
    pub(crate) fn complete_file(&mut self, id: &str, title: Option<&str>) -> Refused<FileId> {
        let Some(file) = self.files.get_mut(id).filter(|file| !file.complete && file.content.is_some()) else {
            return refuse("file_not_found");
        };
        file.complete = true;
        file.upload = None;
        if let Some(title) = title {
            file.title = title.into();
        }
        Ok(file.id.clone())
    }

    /// Shares files in a channel, as a message and as `file_shared`.
    pub(crate) fn share_files(
        &mut self,
        ids: &[FileId],
        channel: &ChannelId,
        author: Author,
        text: &str,
        thread: Option<Ts>,
    ) -> Refused<Ts> {
        let owner = author.user.clone();
        for id in ids {
            if let Some(file) = self.files.get_mut(id) {
                file.channels.push(channel.clone());
            }
            let at = self.event_ts();
            self.announce_in_room(channel, "file_shared", || {
                json!({
                    "type": "file_shared", "file_id": id, "user_id": owner, "file": { "id": id }, "channel_id": channel, "event_ts": at,
                })
            });
        }
        let files = ids.iter().filter_map(|id| self.files.get(id)).map(|file| self.file_json(file)).collect();
        let subtype = author.app.is_none().then(|| "file_share".to_owned());
        self.post_message(channel, author, Draft { subtype, text: text.into(), thread_ts: thread, files, ..Draft::default() })
    }

    /// The file object ("File object" page).
    pub(crate) fn file_json(&self, file: &Stored) -> Value {
        let extension = file.name.rsplit_once('.').map_or("text", |(_, extension)| extension);
        let base = format!("{}/files-pri/{}/{}", self.base_url(), file.id, file.name);
        json!({
            "id": file.id, "created": file.created, "timestamp": file.created, "name": file.name, "title": file.title,
            "mimetype": mimetype(extension), "filetype": extension, "pretty_type": extension.to_uppercase(), "user": file.owner,
            "editable": false, "size": file.content.as_ref().map_or(0, Vec::len), "mode": "hosted", "is_external": false,
            "external_type": "", "is_public": true, "public_url_shared": false, "display_as_bot": false, "username": "",
            "url_private": base, "url_private_download": base, "permalink": base, "channels": file.channels, "groups": [], "ims": [],
            "comments_count": 0, "file_access": "visible",
        })
    }
}

fn mimetype(extension: &str) -> &'static str {
    match extension {
        "txt" | "text" | "log" => "text/plain",
        "md" => "text/markdown",
        "csv" => "text/csv",
        "json" => "application/json",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
