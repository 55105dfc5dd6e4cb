//! Maps a stream on several threads and hands the results over in the order of the items.
//!
//! Workers fetch neighbouring items together, and who has none left takes some of another's; a fixed number of items may
//! wait for an earlier one. So memory does not grow with the number of items, one slow item does not stop the others,
//! and the order does not depend on the threads.

use std::collections::VecDeque;
use std::iter::Peekable;
use std::mem;
use std::ops::{ControlFlow, Range};
use std::sync::{Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How many neighbouring items a thread fetches at a time: enough that threads seldom meet in a directory or wake each
/// other, and few enough that the results of one run need not wait long for those of an earlier one.
const RUN: usize = 64;

/// How many items may wait or be in work, for each thread: what it works at, and as much that is done and waits for an
/// earlier one.
const WINDOW: usize = 2 * RUN;

/// How long a result waits at most for more of them: to wake a thread for each would cost more than small items do.
const LATENCY: Duration = Duration::from_millis(10);

/// Maps `items` by `work` on `threads` threads and gives the results to `sink`, on this thread and in the order of the
/// items, until there are no more or `sink` breaks. Items that follow each other and `are_neighbours` stay on one
/// thread, as long as there is other work for the others.
pub(super) fn map_in_order<I, U>(
    threads: usize,
    items: I,
    are_neighbours: impl Fn(&I::Item, &I::Item) -> bool + Sync,
    work: impl Fn(I::Item) -> U + Sync,
    sink: impl FnMut(U) -> ControlFlow<()>,
) where
    I: Iterator<Item: Send> + Send,
    U: Send,
{
    let pool = (threads > 1).then(|| rayon::ThreadPoolBuilder::new().num_threads(threads).build());
    // Where the system has no threads left, one is enough.
    let Some(Ok(pool)) = pool else { return map_alone(items, work, sink) };
    let queue = Queue::new(threads, items);
    // A thread whose work is shared may take up what other task there is while it waits for the rest. Were that another
    // worker's, it would come back to its own item only after all others, which wait for it.
    let all_serve = Barrier::new(threads);
    pool.in_place_scope(|scope| {
        for worker in 0..threads {
            let (queue, all_serve, are_neighbours, work) = (&queue, &all_serve, &are_neighbours, &work);
            scope.spawn(move |_| {
                all_serve.wait();
                queue.serve(worker, are_neighbours, work);
            });
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
struct Queue<I: Iterator, U> {
    items: Mutex<Peekable<I>>,
    state: Mutex<State<I::Item, U>>,
    /// Told when there may be work for someone who had none.
    has_work: Condvar,
    /// Told when there may be results to hand over.
    has_results: Condvar,
    room: usize,
}

struct State<T, U> {
    /// The items from the next one to hand over.
    slots: VecDeque<Slot<T, U>>,
    /// How many items left their slots: the number of the one in the first slot.
    given: usize,
    /// How many of them are not handed over yet.
    in_hand: usize,
    /// For each worker, the numbers of the items that it works at next.
    runs: Vec<Range<usize>>,
    /// Whether all items are fetched.
    exhausted: bool,
    /// Whether nobody wants more results.
    over: bool,
    /// Whether a thread died, so that a slot may never be filled.
    broken: bool,
}

/// An item on its way.
enum Slot<T, U> {
    /// It waits for the worker in whose run it is.
    Fetched(T),
    /// A worker has it.
    InWork,
    /// Its result waits to be handed over.
    Done(U),
}

impl<T, U> State<T, U> {
    fn new(threads: usize) -> Self {
        Self {
            slots: VecDeque::new(),
            given: 0,
            in_hand: 0,
            runs: vec![0..0; threads],
            exhausted: false,
            over: false,
            broken: false,
        }
    }

    /// How many more items may be fetched.
    fn space(&self, room: usize) -> usize {
        room - self.slots.len() - self.in_hand
    }

    /// Adds items as the run of a worker.
    fn add_run(&mut self, worker: usize, items: Vec<T>) {
        let start = self.given + self.slots.len();
        self.runs[worker] = start..start + items.len();
        self.slots.extend(items.into_iter().map(Slot::Fetched));
    }

    /// The next item of a worker's own run, and its number.
    fn take(&mut self, worker: usize) -> Option<(usize, T)> {
        let number = self.runs[worker].next()?;
        match mem::replace(&mut self.slots[number - self.given], Slot::InWork) {
            Slot::Fetched(item) => Some((number, item)),
            _ => unreachable!("runs do not overlap, and hold what nobody has worked at"),
        }
    }

    fn longest_run(&self) -> Option<usize> {
        (0..self.runs.len())
            .max_by_key(|&worker| self.runs[worker].len())
            .filter(|&worker| !self.runs[worker].is_empty())
    }

    /// Gives a worker the second half of the longest run, so that the one who has it stays where it is.
    fn share(&mut self, worker: usize) -> bool {
        let Some(owner) = self.longest_run() else { return false };
        let Range { start, end } = self.runs[owner];
        let middle = start + (end - start) / 2;
        self.runs[owner] = start..middle;
        self.runs[worker] = middle..end;
        true
    }

    /// Takes out the results that nothing earlier holds up.
    fn results(&mut self) -> Vec<U> {
        let done = self.slots.iter().take_while(|slot| matches!(slot, Slot::Done(_))).count();
        self.given += done;
        self.in_hand = done;
        let results = self.slots.drain(..done);
        results.filter_map(|slot| if let Slot::Done(result) = slot { Some(result) } else { None }).collect()
    }
}

impl<I: Iterator, U> Queue<I, U> {
    fn new(threads: usize, items: I) -> Self {
        Self {
            items: Mutex::new(items.peekable()),
            state: Mutex::new(State::new(threads)),
            has_work: Condvar::new(),
            has_results: Condvar::new(),
            room: threads * WINDOW,
        }
    }

    /// Works until no item is left.
    fn serve(&self, worker: usize, are_neighbours: impl Fn(&I::Item, &I::Item) -> bool, work: impl Fn(I::Item) -> U) {
        let guard = EndGuard(self);
        while let Some((number, item)) = self.next(worker, &are_neighbours) {
            let result = work(item);
            self.put(worker, number, result);
        }
        mem::forget(guard);
    }

    /// An item to work at and its number: of the worker's own run, of a new one, or of another's.
    fn next(&self, worker: usize, are_neighbours: impl Fn(&I::Item, &I::Item) -> bool) -> Option<(usize, I::Item)> {
        loop {
            let mut state = self.lock();
            if state.over {
                return None;
            }
            if let Some(taken) = state.take(worker) {
                return Some(taken);
            }
            drop(state);
            if self.fetch(worker, &are_neighbours) {
                continue;
            }
            let mut state = self.wait_for_work();
            if !state.share(worker) && state.exhausted {
                return None;
            }
        }
    }

    /// Fetches a run of items for a worker, if there is room for a whole one and any item left.
    fn fetch(&self, worker: usize, are_neighbours: impl Fn(&I::Item, &I::Item) -> bool) -> bool {
        let mut items = self.items.lock().unwrap_or_else(PoisonError::into_inner);
        if self.lacks_room(&self.lock()) {
            return false;
        }
        let run = next_run(&mut items, are_neighbours);
        let mut state = self.lock();
        let has_any = !run.is_empty();
        if has_any {
            state.add_run(worker, run);
        } else {
            state.exhausted = true;
            self.has_work.notify_all();
            self.has_results.notify_one();
        }
        has_any
    }

    fn lacks_room(&self, state: &State<I::Item, U>) -> bool {
        state.exhausted || state.over || state.space(self.room) < RUN
    }

    fn wait_for_work(&self) -> MutexGuard<'_, State<I::Item, U>> {
        let has_none = |state: &mut State<I::Item, U>| {
            !state.over && !state.exhausted && self.lacks_room(state) && state.longest_run().is_none()
        };
        self.has_work.wait_while(self.lock(), has_none).unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a result into its slot. At the end of a run, the results so far are worth waking someone.
    fn put(&self, worker: usize, number: usize, result: U) {
        let mut state = self.lock();
        let slot = number - state.given;
        state.slots[slot] = Slot::Done(result);
        if state.runs[worker].is_empty() && matches!(state.slots[0], Slot::Done(_)) {
            self.has_results.notify_one();
        }
    }

    /// Hands the results over until there are no more.
    fn hand_over(&self, mut sink: impl FnMut(U) -> ControlFlow<()>) {
        let _guard = EndGuard(self);
        loop {
            let results = self.next_results();
            if results.is_empty() {
                return;
            }
            for result in results {
                if sink(result).is_break() {
                    return;
                }
            }
        }
    }

    /// Results in order; none if there will be no more.
    fn next_results(&self) -> Vec<U> {
        let mut state = self.lock();
        state.in_hand = 0;
        self.has_work.notify_all();
        loop {
            let results = state.results();
            if !results.is_empty() || state.broken || state.exhausted && state.slots.is_empty() {
                return results;
            }
            state = self.has_results.wait_timeout(state, LATENCY).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<I::Item, U>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The next item and the neighbours that follow it. Nobody looks beyond an item that is no neighbour even of itself: the
/// next one may be long in coming.
fn next_run<I: Iterator>(items: &mut Peekable<I>, are_neighbours: impl Fn(&I::Item, &I::Item) -> bool) -> Vec<I::Item> {
    let mut run: Vec<I::Item> = items.next().into_iter().collect();
    while let Some(last) = run.last().filter(|last| run.len() < RUN && are_neighbours(last, last))
        && let Some(item) = items.next_if(|item| are_neighbours(last, item))
    {
        run.push(item);
    }
    run
}

/// Ends the work of all when one ends before its time: nobody may wait for a thread that panicked.
struct EndGuard<'q, I: Iterator, U>(&'q Queue<I, U>);

impl<I: Iterator, U> Drop for EndGuard<'_, I, U> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.over = true;
        state.broken |= std::thread::panicking();
        self.0.has_work.notify_all();
        self.0.has_results.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn in_tens(one: &usize, other: &usize) -> bool {
        one / 10 == other / 10
    }

    fn mapped(threads: usize, count: usize) -> Vec<usize> {
        let mut results = Vec::new();
        let work = |item: usize| {
            if item.is_multiple_of(7) {
                std::thread::yield_now();
            }
            item * 2
        };
        map_in_order(threads, 0..count, in_tens, work, |result| {
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
    fn no_item_is_worked_at_inside_of_another() {
        use std::cell::Cell;
        thread_local!(static AT_WORK: Cell<bool> = const { Cell::new(false) });

        let nested = AtomicUsize::new(0);
        let work = |item: usize| {
            nested.fetch_add(usize::from(AT_WORK.replace(true)), Ordering::Relaxed);
            // What a thread does that waits for others: it takes up whatever task of the pool there is.
            for _ in 0..10 {
                rayon::yield_now();
            }
            AT_WORK.set(false);
            item
        };
        for _ in 0..200 {
            map_in_order(4, 0..8, in_tens, work, |_| ControlFlow::Continue(()));
        }
        assert_eq!(nested.into_inner(), 0);
    }

    #[test]
    fn a_sink_that_breaks_ends_the_work() {
        for threads in [1, 3] {
            let worked = AtomicUsize::new(0);
            let mut seen = 0;
            map_in_order(
                threads,
                0..1_000_000,
                in_tens,
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
        let items = (0..10_000).inspect(|&item: &usize| {
            assert!(item <= handed.load(Ordering::SeqCst) + 2 * WINDOW + 1);
        });
        map_in_order(
            2,
            items,
            in_tens,
            |item| item,
            |_| {
                handed.fetch_add(1, Ordering::SeqCst);
                ControlFlow::Continue(())
            },
        );
    }

    #[test]
    fn neighbours_stay_on_one_thread_while_there_is_work_for_the_others() {
        let state = || {
            let mut state: State<usize, ()> = State::new(2);
            let items = &mut (0..25).peekable();
            state.add_run(0, next_run(items, in_tens));
            state.add_run(1, next_run(items, in_tens));
            state
        };
        let numbers = |state: &mut State<usize, ()>, worker| {
            std::iter::from_fn(|| state.take(worker)).map(|(number, _)| number).collect::<Vec<_>>()
        };
        let mut state = state();
        assert_eq!(numbers(&mut state, 1), (10..20).collect::<Vec<_>>());
        assert!(state.share(1));
        assert_eq!(numbers(&mut state, 0), (0..5).collect::<Vec<_>>());
        assert_eq!(numbers(&mut state, 1), (5..10).collect::<Vec<_>>());
        assert!(!state.share(1));
    }

    #[test]
    fn runs_end_where_neighbours_do_and_are_not_endless() {
        let lengths = |are_neighbours: fn(&usize, &usize) -> bool| {
            let mut items = (0..3 * RUN + 1).peekable();
            let runs = std::iter::from_fn(|| Some(next_run(&mut items, are_neighbours)).filter(|run| !run.is_empty()));
            runs.map(|run| run.len()).collect::<Vec<_>>()
        };
        assert_eq!(lengths(in_tens)[..3], [10; 3]);
        assert_eq!(lengths(|_, _| true), [RUN, RUN, RUN, 1]);
        assert_eq!(lengths(|_, _| false), [1; 3 * RUN + 1]);
    }

    #[test]
    fn nobody_waits_for_the_item_after_one_that_stands_alone() {
        let mut items = (0..2).inspect(|&item| assert_eq!(item, 0, "it is not asked for")).peekable();
        assert_eq!(next_run(&mut items, |_, _| false), [0]);
    }

    #[test]
    fn items_that_one_thread_fetched_are_worked_at_by_all() {
        // Each item waits for another one, so they get nowhere one after the other.
        let barrier = std::sync::Barrier::new(4);
        let work = |_| {
            barrier.wait();
        };
        map_in_order(4, 0..16, |_, _| true, work, |()| ControlFlow::Continue(()));
    }

    #[test]
    fn a_result_is_handed_over_before_its_run_ends() {
        let handed = (Mutex::new(0), Condvar::new());
        let work = |item: usize| {
            // Nobody comes to the end of a run before the first item is handed over.
            if item != 0 {
                drop(handed.1.wait_while(handed.0.lock().unwrap(), |handed| *handed == 0).unwrap());
            }
        };
        map_in_order(2, 0..10, in_tens, work, |()| {
            *handed.0.lock().unwrap() += 1;
            handed.1.notify_all();
            ControlFlow::Continue(())
        });
        assert_eq!(handed.0.into_inner().unwrap(), 10);
    }

    #[test]
    #[should_panic(expected = "item 20")]
    fn a_panic_in_a_worker_comes_through_and_nobody_waits_for_ever() {
        let work = |item| assert_ne!(item, 20, "item {item}");
        map_in_order(2, 0..1_000, in_tens, work, |()| ControlFlow::Continue(()));
    }
}
