//! Nothing that the doctor asks for is waited for without end.

use std::time::Duration;

/// Longer than any single step of what is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came of it, or none if it took too long.
pub async fn limited<T>(asked: impl Future<Output = T>) -> Option<T> {
    tokio::time::timeout(PATIENCE, asked).await.ok()
}
