//! Shares work among threads.

use rayon::prelude::*;

/// What `work` makes of each item, in their order. On a thread of a pool, the others of the pool help; no thread is started.
pub(crate) fn shared<T: Send, R: Send>(items: Vec<T>, work: impl Fn(T) -> R + Sync + Send) -> Vec<R> {
    if items.len() > 1 && rayon::current_thread_index().is_some() {
        items.into_par_iter().map(work).collect()
    } else {
        items.into_iter().map(work).collect()
    }
}
