//! Files that are mapped into memory, and may be cut off meanwhile.
//!
//! Where another program cuts a mapped file off, or its disk fails, the system has no bytes for the pages that are gone, and
//! ends whoever reads them (`SIGBUS`). That must not end the cleaning of a million other files. So there is a handler of that
//! signal: it puts zeros in the place of the pages and takes note, and the file is a failure of its own. Faults outside of
//! the maps here go to who handled them before.

use std::fs::File;
use std::io;
use std::ops::Deref;

use memmap2::Mmap;

/// A file that is mapped into memory. What is read of it means nothing before [`Mapped::check`] says so.
#[derive(Debug)]
pub struct Mapped {
    #[cfg(unix)]
    watch: faults::Watch,
    map: Mmap,
    file: File,
}

impl Mapped {
    /// Maps a file as long as it is now, or gives it back if it cannot be mapped.
    pub(super) fn new(file: File) -> Result<Self, File> {
        let Ok(map) = map(&file) else { return Err(file) };
        #[cfg(unix)]
        let Ok(watch) = faults::Watch::over(&map) else { return Err(file) };
        Ok(Self {
            #[cfg(unix)]
            watch,
            map,
            file,
        })
    }

    /// Whether all that was read of it so far is what the file held; an error says what came between.
    pub fn check(&self) -> io::Result<()> {
        if self.file.metadata()?.len() < self.map.len() as u64 {
            return Err(became_shorter());
        }
        #[cfg(unix)]
        if self.watch.has_seen_fault() {
            return Err(io::Error::other("a part of it could not be read, or was gone for a time; try again"));
        }
        Ok(())
    }
}

impl Deref for Mapped {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map
    }
}

pub(super) fn became_shorter() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "it became shorter while it was read; try again")
}

#[expect(unsafe_code, reason = "mapping a file cannot be had without")]
fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is read only and private to this process, and its length is fixed here. What remains is
    // another process that changes the file while it is mapped: that is the risk of every program that maps files,
    // and who has such files says `MapChoice::Never`. Nothing here trusts the bytes: they need not be UTF-8, and
    // offsets are checked against the slice on each use.
    unsafe { Mmap::map(file) }
}

/// Survives reading what is gone from a map.
#[cfg(unix)]
mod faults {
    use std::ffi::c_int;
    use std::io;
    use std::iter;
    use std::mem::MaybeUninit;
    use std::ptr;
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use libc::{SA_ONSTACK, SA_SIGINFO, SIGBUS, siginfo_t};
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    use rustix::param::page_size;

    /// Says of a map that is in use whether a part of it was gone when it was read.
    #[derive(Debug)]
    pub(super) struct Watch(&'static Slot);

    impl Watch {
        /// Watches over a map, as long as the watch lives. It must go before the map does.
        pub(super) fn over(map: &[u8]) -> io::Result<Self> {
            static HANDLED: OnceLock<Result<(), c_int>> = OnceLock::new();
            HANDLED.get_or_init(handle).map_err(io::Error::from_raw_os_error)?;
            let start = map.as_ptr().addr();
            Ok(Self(Slot::taken(start, start + map.len().next_multiple_of(page_size()))))
        }

        pub(super) fn has_seen_fault(&self) -> bool {
            self.0.has_fault.load(Ordering::Acquire)
        }
    }

    impl Drop for Watch {
        fn drop(&mut self) {
            self.0.leave();
        }
    }

    /// Where a map is. The handler of a signal may neither wait nor ask for memory: it walks along slots that are never
    /// given back, and there are as many as maps were in use at one time.
    #[derive(Debug)]
    struct Slot {
        is_taken: AtomicBool,
        start: AtomicUsize,
        /// The byte behind the last page; zero if there is no map.
        end: AtomicUsize,
        has_fault: AtomicBool,
        next: OnceLock<Box<Self>>,
    }

    static FIRST: Slot = Slot::new();

    impl Slot {
        const fn new() -> Self {
            Self {
                is_taken: AtomicBool::new(false),
                start: AtomicUsize::new(0),
                end: AtomicUsize::new(0),
                has_fault: AtomicBool::new(false),
                next: OnceLock::new(),
            }
        }

        fn taken(start: usize, end: usize) -> &'static Self {
            let mut slot = &FIRST;
            while slot.is_taken.swap(true, Ordering::AcqRel) {
                slot = slot.next.get_or_init(|| Box::new(Self::new()));
            }
            slot.has_fault.store(false, Ordering::Relaxed);
            slot.start.store(start, Ordering::Relaxed);
            slot.end.store(end, Ordering::Release);
            slot
        }

        fn leave(&self) {
            self.end.store(0, Ordering::Release);
            self.is_taken.store(false, Ordering::Release);
        }

        /// The slot of the map that an address is in.
        fn of(address: usize) -> Option<&'static Self> {
            let mut slots = iter::successors(Some(&FIRST), |slot| slot.next.get().map(|next| &**next));
            slots.find(|slot| {
                let end = slot.end.load(Ordering::Acquire);
                address < end && slot.start.load(Ordering::Relaxed) <= address
            })
        }

        /// Puts zeros in the place of the page of an address and all pages behind it.
        #[expect(unsafe_code, reason = "memory is given another meaning")]
        fn fill_from(&self, address: usize) -> bool {
            self.has_fault.store(true, Ordering::Release);
            let page = address - address % page_size();
            let (prot, flags) = (ProtFlags::READ, MapFlags::PRIVATE | MapFlags::FIXED);
            let len = self.end.load(Ordering::Acquire) - page;
            // SAFETY: these are pages of a map that is in use, as one of its bytes is being read, and it stays in use
            // until that is done. They can be read afterwards as before, and are unmapped with the rest of it.
            unsafe { mmap_anonymous(ptr::with_exposed_provenance_mut(page), len, prot, flags) }.is_ok()
        }
    }

    /// Who handled the signal before.
    static BEFORE: OnceLock<libc::sigaction> = OnceLock::new();

    #[expect(unsafe_code, reason = "signals are the system's")]
    fn handle() -> Result<(), c_int> {
        let failed = || io::Error::last_os_error().raw_os_error().unwrap_or_default();
        let mut before = MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: all pointers are valid; the form of the handler is that of `SA_SIGINFO`; what it does may be done in
        // the handler of a signal: it reads and writes atomics, makes system calls, and does not allocate, lock or unwind.
        // Whoever handled the signal before is known before the new handler can be called.
        unsafe {
            if libc::sigaction(SIGBUS, ptr::null(), before.as_mut_ptr()) != 0 {
                return Err(failed());
            }
            let _ = BEFORE.set(before.assume_init());
            let mut action = MaybeUninit::<libc::sigaction>::zeroed().assume_init();
            action.sa_sigaction = on_fault as *const () as usize;
            action.sa_flags = SA_SIGINFO | SA_ONSTACK;
            if libc::sigaction(SIGBUS, &raw const action, ptr::null_mut()) != 0 {
                return Err(failed());
            }
        }
        Ok(())
    }

    /// When it returns, what failed is tried again.
    #[expect(unsafe_code, reason = "signals are the system's")]
    extern "C" fn on_fault(_: c_int, info: *mut siginfo_t, _: *mut libc::c_void) {
        // SAFETY: the system gives a valid `siginfo_t`, with an address for this signal.
        let address = unsafe { (*info).si_addr() }.addr();
        if Slot::of(address).is_some_and(|slot| slot.fill_from(address)) {
            return;
        }
        let before = BEFORE.get().map_or(ptr::null(), ptr::from_ref);
        // SAFETY: that one was handling the signal when it was asked for.
        unsafe { libc::sigaction(SIGBUS, before, ptr::null_mut()) };
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;
    use std::io::Write;
    use std::thread;

    use super::*;

    fn mapped(bytes: &[u8]) -> (tempfile::NamedTempFile, Mapped) {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let mapped = Mapped::new(file.reopen().unwrap()).unwrap();
        (file, mapped)
    }

    fn cut_off(file: &tempfile::NamedTempFile, len: u64) {
        OpenOptions::new().write(true).open(file.path()).unwrap().set_len(len).unwrap();
    }

    #[test]
    fn a_file_that_is_left_alone_is_what_it_is() {
        let (_file, mapped) = mapped(b"text");
        assert_eq!(&*mapped, b"text");
        mapped.check().unwrap();
    }

    #[test]
    fn of_a_file_that_is_cut_off_what_is_gone_is_zeros_and_that_is_known() {
        let text = vec![b'x'; 1 << 20];
        for len in [0, 1, 5_000, 500_000] {
            let ((file, cut), (_other, whole)) = (mapped(&text), mapped(&text));
            cut_off(&file, len);
            thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| {
                        let kept = cut.iter().take_while(|&&byte| byte == b'x').count();
                        assert_eq!(
                            (kept as u64, cut.iter().rev().position(|&byte| byte == b'x')),
                            match len {
                                0 => (0, None),
                                len => (len, Some(text.len() - len as usize)),
                            }
                        );
                    });
                }
            });
            assert_eq!(cut.check().unwrap_err().to_string(), "it became shorter while it was read; try again");
            assert_eq!(*whole, *text);
            whole.check().unwrap();
        }
    }

    #[test]
    fn a_file_that_was_cut_off_and_written_anew_is_not_what_was_read() {
        let (mut file, mapped) = mapped(&vec![b'x'; 1 << 20]);
        cut_off(&file, 0);
        assert_eq!(mapped.iter().filter(|&&byte| byte == b'x').count(), 0);
        file.write_all(&vec![b'x'; 1 << 20]).unwrap();
        cut_off(&file, 1 << 20);
        let told = mapped.check().unwrap_err().to_string();
        assert_eq!(told, "a part of it could not be read, or was gone for a time; try again");
    }

    #[cfg(unix)]
    #[test]
    fn a_fault_elsewhere_ends_the_program_as_ever() {
        use std::os::unix::process::ExitStatusExt;
        const FAULTS: &str = "DEBOIL_TEST_FAULTS";
        if std::env::var_os(FAULTS).is_some() {
            let (_ours, (file, theirs)) = (mapped(b"text"), {
                let file = tempfile::tempfile().unwrap();
                file.set_len(1).unwrap();
                let map = map(&file).unwrap();
                (file, map)
            });
            file.set_len(0).unwrap();
            panic!("nothing is there, but this is: {}", theirs[0]);
        }
        let mut itself = std::process::Command::new(std::env::current_exe().unwrap());
        itself.args(["--exact", "text::mapped::tests::a_fault_elsewhere_ends_the_program_as_ever"]);
        let output = itself.env(FAULTS, "yes").output().unwrap();
        assert_eq!(output.status.signal(), Some(libc::SIGBUS), "{output:?}");
    }

    #[test]
    fn maps_one_after_the_other_know_nothing_of_each_other() {
        let text = vec![b'x'; 10_000];
        for number in 0..100 {
            let (file, mapped) = mapped(&text);
            if number % 2 == 0 {
                cut_off(&file, 0);
            }
            assert_eq!(mapped.iter().filter(|&&byte| byte == b'x').count() == text.len(), number % 2 == 1);
            assert_eq!(mapped.check().is_ok(), number % 2 == 1);
        }
    }
}
