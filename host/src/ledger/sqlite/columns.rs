//! How the model's types are kept in columns.

use crate::ledger::{RequestId, SayId};
use crate::model::{EventId, Later, PluginName, TimerId, WorkspaceId};
use hatstand_common::value::Instant;
use rusqlite::Error::ToSqlConversionFailure;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Params};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Anything that is only ever read as a whole.
pub(super) struct Json<T>(pub(super) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|error| ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(FromSqlError::other)
    }
}

/// A moment. SQLite's integers end in the year 292 million, which is what a later moment becomes.
pub(super) struct Millis(pub(super) Instant);

impl ToSql for Millis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0.millis()).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Millis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|millis| Self(Instant(millis.try_into().unwrap_or_default())))
    }
}

/// A length of time; at most 292 years.
pub(super) struct Nanos(pub(super) Duration);

impl ToSql for Nanos {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0.as_nanos()).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Nanos {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|nanos| Self(Duration::from_nanos(nanos.try_into().unwrap_or_default())))
    }
}

/// How many of something.
pub(super) struct Count(pub(super) usize);

impl ToSql for Count {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(i64::try_from(self.0).unwrap_or(i64::MAX).into())
    }
}

impl FromSql for Count {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        value.as_i64().map(|count| Self(count.try_into().unwrap_or_default()))
    }
}

/// What a statement counts.
pub(super) fn count(mut statement: CachedStatement<'_>, parameters: impl Params) -> rusqlite::Result<usize> {
    statement.query_row(parameters, |row| row.get(0).map(|Count(count)| count))
}

impl ToSql for Later {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(word(*self).into())
    }
}

impl FromSql for Later {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let text = value.as_str()?;
        let known = [Later::Timer, Later::Question, Later::Schedule, Later::Response, Later::Webhook]
            .into_iter()
            .find(|later| word(*later) == text);
        known.ok_or_else(|| FromSqlError::Other(format!("nothing that happens later is a `{text}`").into()))
    }
}

fn word(later: Later) -> &'static str {
    match later {
        Later::Timer => "timer",
        Later::Question => "question",
        Later::Schedule => "schedule",
        Later::Response => "response",
        Later::Webhook => "webhook",
    }
}

macro_rules! column {
    ($($name:ident)*) => {$(
        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                FromSql::column_result(value).map(Self)
            }
        }
    )*};
}

column! { EventId PluginName RequestId SayId TimerId WorkspaceId }
