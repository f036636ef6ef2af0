# cython: language_level=3
"""Many files at once: threads that live for one batch and share its files out.

    paths      [ a  b  c  d | e  f  g  h | i  j  k  l | ...
                 block 0      block 1      block 2         `next` is the first block nobody has taken
    outcomes   [ one a path, in the same order, each written by one thread only

The thread that calls works too, and alone when the batch would be over before helpers were up: most
batches of a resolve are. It comes back from `work` now and then, so that its caller can look for signals.
Nothing is left behind when a batch ends, which is what makes it safe to fork between batches.
"""

from libc.stdint cimport int64_t
from libcpp cimport bool as cbool
from libcpp.string cimport string

from rezfast._definition cimport FileOutcome
from rezfast._ring cimport Ring


cdef extern from *:
    """
    #ifndef REZFAST_POOL
    #define REZFAST_POOL
    #include <algorithm>
    #include <atomic>
    #include <cerrno>
    #include <chrono>
    #include <condition_variable>
    #include <cstring>
    #include <memory>
    #include <mutex>
    #include <string>
    #include <thread>
    #include <vector>
    #include <fcntl.h>
    #include <sys/syscall.h>
    #include <unistd.h>
    namespace rezfast {

    // What the C library calls open, pread and close are points where a thread may be cancelled, which takes each call
    // two atomic operations as soon as there are two threads. Nobody cancels ours.
    #if defined(__linux__) && defined(__LP64__)
    inline int open_at(int folder, const char* path, int flags) {
        return static_cast<int>(syscall(SYS_openat, folder, path, flags, 0));
    }
    inline ssize_t read_at(int file, void* to, size_t size, long long offset) {
        return syscall(SYS_pread64, file, to, size, offset);
    }
    inline int close_file(int file) { return static_cast<int>(syscall(SYS_close, file)); }
    #else
    inline int open_at(int folder, const char* path, int flags) { return ::openat(folder, path, flags); }
    inline ssize_t read_at(int file, void* to, size_t size, long long offset) {
        return ::pread(file, to, size, offset);
    }
    inline int close_file(int file) { return ::close(file); }
    #endif

    // One thread's way to files: what its neighbours' reading fetched, scratch space to read into, and the directory
    // that it reads below.
    //
    // Where files of many families are read, the path to their repository is walked once and not for each.
    class Reader {
    public:
        static constexpr size_t most = Ring::most;
        std::string buffer;

        explicit Reader(bool many) : many_(many) {}
        ~Reader() { leave(); }
        Reader(const Reader&) = delete;
        Reader& operator=(const Reader&) = delete;

        // From now on `fetch` reads ahead, if the system has a way.
        void read_ahead() { ring_.enter(); }

        // These files come next, at most `most`.
        void fetch(const char* const* paths, size_t count) {
            if (!ring_.works()) return;
            FilePlace places[most];
            for (size_t i = 0; i < count; ++i) {
                bool place_kept = !i || below(paths[i]);  // the first may close what the last handful was below
                places[i] = paths[i] && place_kept ? place(paths[i]) : FilePlace{AT_FDCWD, paths[i]};
            }
            ring_.fetch(places, count, FLAGS);
        }

        // What is read now is file number `i` of those that were fetched.
        void turn_to(size_t i) { current_ = i; }

        // The whole of the file, or nullptr when it has to be read.
        const char* fetched(size_t* size) const {
            long got = ring_.size(current_);
            if (got <= 0 || static_cast<size_t>(got) >= Ring::room) return nullptr;
            *size = static_cast<size_t>(got);
            return ring_.text(current_);
        }

        // A file that is open, or -1 and errno. `release` is for each that could be opened.
        int open(const char* path) {
            int found = ring_.handle(current_);
            if (found >= 0) return found;
            do {
                FilePlace at = place(path);
                found = open_at(at.folder, at.path, FLAGS);
            } while (found < 0 && (errno == EINTR || (errno == EMFILE && give_handles_back())));
            return found;
        }

        void release(int file) {
            if (file != ring_.handle(current_)) close_file(file);
        }

    private:
        static constexpr int CLOSED = -1, UNKNOWN = -2;
        // without O_NONBLOCK opening a named pipe would hang
        static constexpr int FLAGS = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

        void leave() {
            if (handle_ >= 0) close_file(handle_);
            handle_ = UNKNOWN;
        }

        // Goes on with one handle, that of the file itself. Returns whether there were others.
        bool give_handles_back() {
            bool had = ring_.works() || handle_ >= 0;
            ring_.leave();
            leave();
            many_ = false;
            return had;
        }

        bool below(const char* path) const {
            size_t known = root_.size();
            return path && known && std::strncmp(path, root_.c_str(), known) == 0 && path[known] && path[known] != '/';
        }

        FilePlace place(const char* path) {
            if (!many_) return {AT_FDCWD, path};
            if (!below(path)) {
                enter(path);
                return {AT_FDCWD, path};
            }
            if (handle_ == UNKNOWN) {
                int found = open_at(AT_FDCWD, root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
                handle_ = found < 0 ? CLOSED : found;
            }
            return handle_ < 0 ? FilePlace{AT_FDCWD, path} : FilePlace{handle_, path + root_.size()};
        }

        // The next file may be below the same directory, three levels up: repository/family/version/file.
        void enter(const char* path) {
            leave();
            const char* end = path + std::strlen(path);
            for (int levels = 3; end > path; --end)
                if (end[-1] == '/' && --levels == 0) break;
            root_.assign(path, end - path);
        }

        bool many_;
        int handle_ = UNKNOWN;
        size_t current_ = 0;
        std::string root_;
        Ring ring_;
    };

    using ReadFile = void (*)(const char* path, int view, bool timed, Reader& reader, FileOutcome& out);

    struct Work {
        const char* const* paths = nullptr;
        FileOutcome* outcomes = nullptr;
        size_t count = 0;
        int view = 0;
        bool timed = false;
        size_t threads = 1;
        size_t most_bytes = 0;  // a batch that has read more ends early, on the border of a block
    };

    class Pool {
    public:
        // What `work` points to stays the caller's, and outlives this.
        Pool(ReadFile read, const Work& work)
            : read_(read), work_(work), reader_(work.count > block_size),
              blocks_((work.count + block_size - 1) / block_size), over_(new std::atomic<bool>[blocks_]()) {
            read_ahead(reader_);
        }

        ~Pool() {
            stop_ = true;
            for (auto& helper : helpers_) helper.join();
        }

        Pool(const Pool&) = delete;
        Pool& operator=(const Pool&) = delete;

        // Works or waits, for about this long. Returns whether the batch is over.
        bool work(int64_t nanoseconds) {
            auto before = Clock::now();
            auto until = before + std::chrono::nanoseconds(nanoseconds);
            while (take_block(reader_)) {
                auto now = Clock::now();
                if (helpers_.empty()) start_helpers(now - before);
                if (now >= until) return false;
                before = now;
            }
            std::unique_lock<std::mutex> lock(mutex_);
            return ended_.wait_until(lock, until, [this] { return finished_ == helpers_.size(); });
        }

        // How many outcomes there are, once the batch is over.
        size_t done() const { return std::min(work_.count, next_.load() * block_size); }

        // How many there are from the first on, none of which changes any more.
        size_t ready() {
            while (ready_ < blocks_ && over_[ready_].load(std::memory_order_acquire)) ++ready_;
            return std::min(work_.count, ready_ * block_size);
        }

    private:
        using Clock = std::chrono::steady_clock;
        static constexpr size_t block_size = Reader::most;
        static constexpr size_t worth_reading_ahead = 512;  // files: what it takes to start has to come in again
        static constexpr auto worth_helpers = std::chrono::microseconds(200);

        bool take_block(Reader& reader) {
            if (stop_ || bytes_ >= work_.most_bytes) return false;
            size_t block = next_.load();
            do {
                if (block >= blocks_) return false;
            } while (!next_.compare_exchange_weak(block, block + 1));
            size_t begin = block * block_size, end = std::min(work_.count, begin + block_size), bytes = 0;
            reader.fetch(work_.paths + begin, end - begin);
            for (size_t i = begin; i < end && !stop_; ++i) {
                FileOutcome& outcome = work_.outcomes[i];
                if (i + 1 < end) __builtin_prefetch(work_.paths[i + 1]);
                reader.turn_to(i - begin);
                try {
                    read_(work_.paths[i], work_.view, work_.timed, reader, outcome);
                } catch (...) {  // there is nothing to run out of but memory
                    outcome = FileOutcome();
                    outcome.result = -ENOMEM;
                }
                bytes += outcome.size;
            }
            bytes_ += bytes;
            over_[block].store(true, std::memory_order_release);
            return true;
        }

        // One block took `elapsed`: starts as many threads as the rest may keep busy.
        void start_helpers(Clock::duration elapsed) {
            size_t left = blocks_ - std::min(next_.load(), blocks_);
            if (work_.threads < 2 || left < 2 || elapsed * left < worth_helpers) return;
            size_t wanted = std::min(work_.threads - 1, left);
            try {
                helpers_.reserve(wanted);
                while (helpers_.size() < wanted) helpers_.emplace_back([this] { help(); });
            } catch (...) {  // the system has no more threads to give: these will do
                if (helpers_.empty()) work_.threads = 1;
            }
        }

        // A thread that works for others has a table of open files of its own, so that opening and
        // closing do not wait for each other. Where the system refuses, they share one.
        static void leave_open_files() {
    #ifdef SYS_close_range
            syscall(SYS_close_range, 3u, ~0u, 2u /* CLOSE_RANGE_UNSHARE */);
    #endif
        }

        void read_ahead(Reader& reader) const {
            if (work_.count >= worth_reading_ahead) reader.read_ahead();
        }

        void help() {
            leave_open_files();
            Reader reader(true);
            read_ahead(reader);
            while (take_block(reader)) {}
            std::lock_guard<std::mutex> lock(mutex_);
            ++finished_;
            ended_.notify_one();
        }

        ReadFile read_;
        Work work_;
        Reader reader_;  // of the thread that calls `work`
        size_t blocks_, ready_ = 0;
        std::unique_ptr<std::atomic<bool>[]> over_;  // which blocks are
        std::vector<std::thread> helpers_;
        std::atomic<bool> stop_{false};
        std::atomic<size_t> next_{0}, bytes_{0};
        std::mutex mutex_;
        std::condition_variable ended_;
        size_t finished_ = 0;
    };

    }
    #endif
    """
    Py_ssize_t read_at "rezfast::read_at"(int, void*, size_t, long long) noexcept nogil

    cdef cppclass Reader "rezfast::Reader":
        string buffer
        const char* fetched(size_t* size) noexcept nogil
        int open(const char* path) noexcept nogil
        void release(int file) noexcept nogil

    ctypedef void (*ReadFile "rezfast::ReadFile")(
        const char* path, int view, cbool timed, Reader& reader, FileOutcome& out) noexcept nogil

    cdef cppclass Work "rezfast::Work":
        const char** paths
        FileOutcome* outcomes
        size_t count
        int view
        cbool timed
        size_t threads
        size_t most_bytes

    cdef cppclass Pool "rezfast::Pool":
        Pool(ReadFile, const Work&) except +
        cbool work(int64_t nanoseconds) nogil
        size_t done() nogil
        size_t ready() nogil
