//! Lets a process be forked while its threads clean.
//!
//! A child has only the thread that forked. What another thread was about to build or had locked would stay so for
//! ever, and the child would wait for it. So a fork waits until no cleaning runs, and a cleaning that would start waits
//! for the fork. Only a thread that holds the interpreter's lock starts to work, and the one that forks holds it: when
//! that one finds nothing running, nothing runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use pyo3::prelude::*;
use pyo3::types::PyDict;

/// How many threads work without the interpreter's lock.
static WORKING: AtomicUsize = AtomicUsize::new(0);
/// How many threads are about to fork.
static FORKING: AtomicUsize = AtomicUsize::new(0);

/// How long to sleep between two looks.
const PAUSE: Duration = Duration::from_micros(200);

/// Runs `work` without the interpreter's lock, so that other Python threads run, too.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> T + Send) -> T {
    wait_while(py, || FORKING.load(Ordering::SeqCst) > 0);
    WORKING.fetch_add(1, Ordering::SeqCst);
    py.detach(|| {
        let _end = End;
        work()
    })
}

/// Takes note of the end of the work, a panic included.
struct End;

impl Drop for End {
    fn drop(&mut self) {
        WORKING.fetch_sub(1, Ordering::SeqCst);
    }
}

fn wait_while(py: Python<'_>, condition: impl Fn() -> bool) {
    while condition() {
        py.detach(|| thread::sleep(PAUSE));
    }
}

/// Has Python call the functions below around each `os.fork`.
pub(crate) fn register(py: Python<'_>) -> PyResult<()> {
    let os = py.import("os")?;
    // Where there is no fork, there is nothing to wait for.
    let Some(register) = os.getattr_opt("register_at_fork")? else { return Ok(()) };
    let calls = PyDict::new(py);
    calls.set_item("before", wrap_pyfunction!(before_fork, py)?)?;
    calls.set_item("after_in_parent", wrap_pyfunction!(after_fork_in_parent, py)?)?;
    calls.set_item("after_in_child", wrap_pyfunction!(after_fork_in_child, py)?)?;
    register.call((), Some(&calls)).map(|_| ())
}

#[pyfunction]
fn before_fork(py: Python<'_>) {
    FORKING.fetch_add(1, Ordering::SeqCst);
    wait_while(py, || WORKING.load(Ordering::SeqCst) > 0);
}

#[pyfunction]
fn after_fork_in_parent() {
    FORKING.fetch_sub(1, Ordering::SeqCst);
}

/// Other threads that were about to fork are not in the child.
#[pyfunction]
fn after_fork_in_child() {
    FORKING.store(0, Ordering::SeqCst);
}
