//! Bounds the memory of what is in work: who wants to read more waits until others are done.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A number of bytes that may be in work at once.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    used: usize,
    is_closed: bool,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default(), changed: Condvar::new() })
    }

    /// Waits until so many bytes may be in work, too. Where nothing else is in work, any number may.
    pub(super) fn take(self: &Arc<Self>, bytes: usize) -> Permit {
        let has_to_wait = |state: &mut State| !state.is_closed && state.used > 0 && state.used + bytes > self.limit;
        let waited = self.changed.wait_while(self.lock(), has_to_wait);
        waited.unwrap_or_else(PoisonError::into_inner).used += bytes;
        Permit { budget: Arc::clone(self), bytes }
    }

    /// What ends the waiting of all when it is dropped: of what is in work then, nothing may ever be done.
    pub(super) fn closer(self: &Arc<Self>) -> Closer {
        Closer(Arc::clone(self))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that are in work until it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Permit {
    /// Takes more, without waiting: what has been begun must be done.
    pub(super) fn grow_to(&mut self, bytes: usize) {
        let more = bytes.saturating_sub(self.bytes);
        self.budget.lock().used += more;
        self.bytes += more;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.budget.lock().used -= self.bytes;
        self.budget.changed.notify_all();
    }
}

/// Closes a budget when it is dropped.
pub(super) struct Closer(Arc<Budget>);

impl Drop for Closer {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn who_wants_too_much_waits_until_others_are_done() {
        let budget = Budget::new(10);
        let first = budget.take(8);
        let waiting = {
            let budget = Arc::clone(&budget);
            thread::spawn(move || budget.take(100).bytes)
        };
        assert!(!waiting.is_finished());
        drop(first);
        assert_eq!(waiting.join().unwrap(), 100);
        assert_eq!(budget.lock().used, 0);
    }

    #[test]
    fn nobody_waits_at_a_closed_budget() {
        let budget = Budget::new(10);
        let mut first = budget.take(8);
        first.grow_to(20);
        drop(budget.closer());
        assert_eq!(budget.take(100).bytes, 100);
    }
}
