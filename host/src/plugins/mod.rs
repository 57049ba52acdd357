//! Plugins: from a file in a folder to a build that serves.
//!
//! ```text
//! folder ──▶ loader: inspect ▶ compile (cache) ▶ describe (check) ──▶ registry: admitted ──▶ live
//!                                                                        │
//!                                                  instance: one fresh run for each event
//! ```
//!
//! Only this module and [`capabilities`](crate::capabilities) know the engine.

pub mod check;
pub mod contract;
pub mod engine;
pub mod folder;
pub mod generation;
pub mod grants;
pub mod inspect;
pub mod instance;
pub mod interfaces;
pub mod limits;
pub mod loader;
pub mod registry;
pub mod rejection;
pub mod settings;

mod cache;
mod output;

pub use cache::Cache;
pub use engine::Engine;
pub use folder::{FileState, News, Plugins};
pub use generation::{Digest, Generation};
pub use loader::{Loader, Policy};
pub use registry::Registry;
pub use rejection::Rejection;
