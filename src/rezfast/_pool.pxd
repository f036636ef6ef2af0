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
    #include <mutex>
    #include <string>
    #include <string_view>
    #include <thread>
    #include <utility>
    #include <vector>
    #include <fcntl.h>
    #include <unistd.h>
    namespace rezfast {

    // `path` is relative to the directory `at`, as openat has it.
    using ReadFile = void (*)(int at, const char* path, int view, bool timed, std::string& buffer, FileOutcome& out);

    // The directory that files in a row have in common, two above them: the version's directory is the file's own. To
    // look a path up from there is less work, and takes two system calls more; a long row is worth them.
    class Common {
    public:
        Common() = default;
        Common(const Common&) = delete;
        Common& operator=(const Common&) = delete;
        ~Common() { leave(); }

        // How to open paths[i]: from which directory, and by which path.
        std::pair<int, const char*> find(const char* const* paths, size_t i, size_t end) {
            const char* path = paths[i];
            if (!path) return {AT_FDCWD, path};
            if (handle_ >= 0 && holds(path)) return {handle_, path + prefix_.size()};
            leave();
            if (end - i < worth_it || !paths[i + worth_it - 1]) return {AT_FDCWD, path};
            std::string_view prefix(path);
            size_t slash = prefix.rfind('/');
            if (slash != prefix.npos && slash) slash = prefix.rfind('/', slash - 1);
            if (slash == prefix.npos) return {AT_FDCWD, path};
            prefix_.assign(path, slash + 1);
            if (!holds(path) || !holds(paths[i + worth_it - 1])) return {AT_FDCWD, path};
            handle_ = open(prefix_.c_str(), flags);
            if (handle_ < 0) return {AT_FDCWD, path};
            return {handle_, path + prefix_.size()};
        }

    private:
        static constexpr size_t worth_it = 8;
    #ifdef O_PATH
        static constexpr int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    #else
        static constexpr int flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    #endif
        bool holds(const char* path) const {
            // what starts with a slash would not be relative
            return std::strncmp(path, prefix_.data(), prefix_.size()) == 0 && path[prefix_.size()] != '/';
        }
        void leave() {
            if (handle_ >= 0) close(handle_);
            handle_ = -1;
        }
        int handle_ = -1;
        std::string prefix_;  // with its slash
    };

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
            : read_(read), work_(work), block_size_(work.count < many ? 16 : 64) {}

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
            while (take_block(buffer_)) {
                auto now = Clock::now();
                if (helpers_.empty()) start_helpers(now - before);
                if (now >= until) return false;
                before = now;
            }
            std::unique_lock<std::mutex> lock(mutex_);
            return ended_.wait_until(lock, until, [this] { return finished_ == helpers_.size(); });
        }

        // How many outcomes there are, once the batch is over.
        size_t done() const { return std::min(work_.count, next_.load() * block_size_); }

    private:
        using Clock = std::chrono::steady_clock;
        static constexpr size_t large = 64, many = 4096;  // files
        static constexpr auto worth_helpers = std::chrono::microseconds(200);

        bool take_block(std::string& buffer) {
            if (stop_ || bytes_ >= work_.most_bytes) return false;
            size_t block = next_.load();
            do {
                if (block * block_size_ >= work_.count) return false;
            } while (!next_.compare_exchange_weak(block, block + 1));
            size_t end = std::min(work_.count, (block + 1) * block_size_), bytes = 0;
            Common common;
            for (size_t i = block * block_size_; i < end && !stop_; ++i) {
                FileOutcome& outcome = work_.outcomes[i];
                try {
                    auto [at, path] = work_.count < large ? std::pair(AT_FDCWD, work_.paths[i])
                                                          : common.find(work_.paths, i, end);
                    read_(at, path, work_.view, work_.timed, buffer, outcome);
                } catch (...) {  // there is nothing to run out of but memory
                    outcome = FileOutcome();
                    outcome.result = -ENOMEM;
                }
                bytes += outcome.size;
            }
            bytes_ += bytes;
            return true;
        }

        // One block took `elapsed`: starts as many threads as the rest may keep busy.
        void start_helpers(Clock::duration elapsed) {
            size_t blocks = (work_.count + block_size_ - 1) / block_size_;
            size_t left = blocks - std::min(next_.load(), blocks);
            if (work_.threads < 2 || left < 2 || elapsed * left < worth_helpers) return;
            size_t wanted = std::min(work_.threads - 1, left);
            try {
                helpers_.reserve(wanted);
                while (helpers_.size() < wanted) helpers_.emplace_back([this] { help(); });
            } catch (...) {  // the system has no more threads to give: these will do
                if (helpers_.empty()) work_.threads = 1;
            }
        }

        void help() {
            std::string buffer;
            while (take_block(buffer)) {}
            std::lock_guard<std::mutex> lock(mutex_);
            ++finished_;
            ended_.notify_one();
        }

        ReadFile read_;
        Work work_;
        const size_t block_size_;
        std::string buffer_;  // of the thread that calls `work`
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
    ctypedef void (*ReadFile "rezfast::ReadFile")(
        int at, const char* path, int view, cbool timed, string& buffer, FileOutcome& out) noexcept nogil

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
