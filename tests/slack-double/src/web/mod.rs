//! The Web API on the wire: from a request to a method and back.

pub(crate) mod answer;
pub(crate) mod arguments;
mod call;
pub(crate) mod draft;
mod method;
mod methods;
mod page;
mod response_url;
pub(crate) mod server;
mod upload;
