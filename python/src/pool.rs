//! The threads of a cleaner.

use std::process;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Threads that are started when they are first needed, and anew in a forked process, which has none of them.
pub(crate) struct Pool {
    threads: usize,
    started: Mutex<Option<(u32, Arc<ThreadPool>)>>,
}

impl Pool {
    pub(crate) fn new(threads: usize) -> Self {
        Self { threads, started: Mutex::new(None) }
    }

    /// The threads of this process; `None` if one thread does the work, or the system has no threads left.
    ///
    /// To be called with the interpreter's lock held: then no other thread holds the one in here during a fork.
    pub(crate) fn get(&self) -> Option<Arc<ThreadPool>> {
        if self.threads < 2 {
            return None;
        }
        let mut started = self.started.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((process, pool)) = &*started
            && *process == process::id()
        {
            return Some(Arc::clone(pool));
        }
        let pool = Arc::new(ThreadPoolBuilder::new().num_threads(self.threads).build().ok()?);
        let threads_of_parent = started.replace((process::id(), Arc::clone(&pool)));
        // To end a pool is to talk to its threads, which are not in this process.
        std::mem::forget(threads_of_parent);
        Some(pool)
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let started = self.started.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if started.as_ref().is_some_and(|(process, _)| *process != process::id()) {
            std::mem::forget(started);
        }
    }
}
