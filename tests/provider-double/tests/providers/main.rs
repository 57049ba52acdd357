//! What each service documents and its double does, with a test that can fail.
//!
//! The tests speak to the doubles as any client does, over HTTP on the loopback, and take webhooks as any bot does. They wait on what
//! happens, and never for a time to pass.

mod alerts;
mod forgeries;
mod generic;
mod github;
mod gitlab;
mod jenkins;
mod street;
mod trouble;
