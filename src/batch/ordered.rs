//! Maps a stream on several threads and hands the results over in the order of the items.
//!
//! Workers fetch items one by one; a fixed number of results may wait for an earlier one. So memory does not grow
//! with the number of items, one slow item does not stop the others, and the order does not depend on the threads.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// How many results may wait or be in work, for each thread: enough that a document a few dozen times longer than its
/// neighbours holds nobody up.
const WINDOW: usize = 32;

/// Maps `items` by `work` on `threads` threads and gives the results to `sink`, on this thread and in the order of the
/// items, until there are no more or `sink` breaks.
pub(super) fn map_in_order<I, U>(
    threads: usize,
    items: I,
    work: impl Fn(I::Item) -> U + Sync,
    sink: impl FnMut(U) -> ControlFlow<()>,
) where
    I: Iterator + Send,
    U: Send,
{
    let pool = (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    // Where the system has no threads left, one is enough.
    let Some(Ok(pool)) = pool else { return map_alone(items, work, sink) };
    let queue =
        Queue { items: Mutex::new(items), state: Mutex::default(), changed: Condvar::new(), room: threads * WINDOW };
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|_| queue.serve(&work));
        }
        queue.hand_over(sink);
    });
}

fn map_alone<I: Iterator, U>(items: I, work: impl Fn(I::Item) -> U, mut sink: impl FnMut(U) -> ControlFlow<()>) {
    for item in items {
        if sink(work(item)).is_break() {
            return;
        }
    }
}

/// What the threads share.
struct Queue<I, U> {
    items: Mutex<I>,
    state: Mutex<State<U>>,
    /// Told whenever the state changes in a way that someone may wait for.
    changed: Condvar,
    room: usize,
}

struct State<U> {
    /// The results from the next one to hand over; `None` is in work.
    slots: VecDeque<Option<U>>,
    /// How many results were handed over: the number of the item in the first slot.
    given: usize,
    /// Whether no more items are fetched.
    over: bool,
    /// Whether a thread died, so that a slot may never be filled.
    broken: bool,
}

impl<U> Default for State<U> {
    fn default() -> Self {
        Self { slots: VecDeque::new(), given: 0, over: false, broken: false }
    }
}

impl<I: Iterator, U> Queue<I, U> {
    /// Works until no item is left.
    fn serve(&self, work: impl Fn(I::Item) -> U) {
        let _guard = EndGuard(self);
        while let Some((number, item)) = self.fetch() {
            let result = work(item);
            let mut state = self.lock();
            let slot = number - state.given;
            state.slots[slot] = Some(result);
            if slot == 0 {
                self.changed.notify_all();
            }
        }
    }

    /// The next item and its number. Waits for room first, so that not one item is read ahead.
    fn fetch(&self) -> Option<(usize, I::Item)> {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        let has_to_wait = |state: &mut State<U>| !state.over && state.slots.len() >= self.room;
        let state = self.changed.wait_while(self.lock(), has_to_wait).unwrap_or_else(PoisonError::into_inner);
        if state.over {
            return None;
        }
        drop(state);
        let item = items.next();
        let mut state = self.lock();
        match item {
            Some(item) => {
                state.slots.push_back(None);
                Some((state.given + state.slots.len() - 1, item))
            }
            None => {
                state.over = true;
                self.changed.notify_all();
                None
            }
        }
    }

    /// Hands the results over until there are no more.
    fn hand_over(&self, mut sink: impl FnMut(U) -> ControlFlow<()>) {
        let _guard = EndGuard(self);
        while let Some(result) = self.next_result() {
            if sink(result).is_break() {
                return;
            }
        }
    }

    fn next_result(&self) -> Option<U> {
        let has_to_wait = |state: &mut State<U>| match state.slots.front() {
            Some(slot) => slot.is_none() && !state.broken,
            None => !state.over,
        };
        let mut state = self.changed.wait_while(self.lock(), has_to_wait).unwrap_or_else(PoisonError::into_inner);
        let result = state.slots.pop_front()??;
        state.given += 1;
        self.changed.notify_all();
        Some(result)
    }

    fn lock(&self) -> MutexGuard<'_, State<U>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the work of all when one ends, for whatever reason: nobody may wait for a thread that panicked.
struct EndGuard<'q, I: Iterator, U>(&'q Queue<I, U>);

impl<I: Iterator, U> Drop for EndGuard<'_, I, U> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.over = true;
        state.broken |= std::thread::panicking();
        self.0.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn mapped(threads: usize, count: usize) -> Vec<usize> {
        let mut results = Vec::new();
        let work = |item: usize| {
            if item.is_multiple_of(7) {
                std::thread::yield_now();
            }
            item * 2
        };
        map_in_order(threads, 0..count, work, |result| {
            results.push(result);
            ControlFlow::Continue(())
        });
        results
    }

    #[test]
    fn the_order_does_not_depend_on_the_threads() {
        for threads in [1, 2, 5] {
            assert_eq!(mapped(threads, 1_000), (0..1_000).map(|item| item * 2).collect::<Vec<_>>());
            assert_eq!(mapped(threads, 0), Vec::<usize>::new());
        }
    }

    #[test]
    fn a_sink_that_breaks_ends_the_work() {
        for threads in [1, 3] {
            let worked = AtomicUsize::new(0);
            let mut seen = 0;
            map_in_order(
                threads,
                0..1_000_000,
                |_| worked.fetch_add(1, Ordering::Relaxed),
                |_| {
                    seen += 1;
                    if seen == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                },
            );
            assert_eq!(seen, 5);
            assert!(worked.into_inner() <= 5 + threads * (WINDOW + 1));
        }
    }

    #[test]
    fn nothing_is_read_ahead_of_the_window() {
        let handed = AtomicUsize::new(0);
        let items = (0..2_000).inspect(|&item| {
            assert!(item <= handed.load(Ordering::SeqCst) + 2 * WINDOW + 1);
        });
        map_in_order(
            2,
            items,
            |item| item,
            |_| {
                handed.fetch_add(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
    }

    #[test]
    #[should_panic(expected = "item 20")]
    fn a_panic_in_a_worker_comes_through_and_nobody_waits_for_ever() {
        let work = |item| assert_ne!(item, 20, "item {item}");
        map_in_order(2, 0..1_000, work, |()| ControlFlow::Continue(()));
    }
}
