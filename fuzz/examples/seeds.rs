//! `seeds DIR` writes what fuzzing starts from, a folder for each target.

fn main() {
    let folder = std::env::args_os().nth(1).expect("name the directory to write to");
    deboil_fuzz::seeds::write(folder.as_ref());
}
