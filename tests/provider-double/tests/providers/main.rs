//! What each service documents and its double does, with a test that can fail.
//!
//! The tests speak to the doubles as any client does, over HTTP on the loopback, and take webhooks as any bot does. They wait on what
//! happens, and never for a time to pass.

mod generic;
mod github;
mod street;
mod trouble;
