# cython: language_level=3
"""Reads a handful of files with two calls of the system, where it has a queue that takes many at once (io_uring).

    1st call    close of the last handful, open a, open b, open c, ...
    2nd call    read a, read b, read c, ... of what is in memory
    3rd call    read of the others, if there are any

Beyond the calls it saves, files that are not in memory yet are fetched side by side and not one after the other: on a
network share that is what a survey waits for. Where the system has no such queue, or forbids it, or says anything
but "here is a small file", the file is read the ordinary way, which also finds out what is wrong with it.
"""

from libcpp cimport bool as cbool


cdef extern from *:
    """
    #ifndef REZFAST_RING
    #define REZFAST_RING
    #include <algorithm>
    #include <cerrno>
    #include <cstring>
    #include <memory>
    #include <new>
    #include <fcntl.h>
    #include <unistd.h>
    #if defined(__linux__) && __has_include(<linux/io_uring.h>)
    #include <linux/io_uring.h>
    #include <sys/mman.h>
    #include <sys/stat.h>
    #include <sys/syscall.h>
    #include <sys/uio.h>
    #endif
    namespace rezfast {

    // Where a file is: a path below an open directory, or below none (AT_FDCWD).
    struct FilePlace {
        int folder;
        const char* path;
    };

    // headers that know of open, read and close
    #if defined(IORING_FEAT_RW_CUR_POS) && defined(SYS_io_uring_setup) && defined(RWF_NOWAIT)

    class Ring {
    public:
        static constexpr size_t most = 16;           // files at once
        static constexpr size_t room = 16384;        // bytes of each

        Ring() = default;
        Ring(const Ring&) = delete;
        Ring& operator=(const Ring&) = delete;
        ~Ring() { leave(); }

        // Makes the queue. Nothing happens where the system has none to give.
        void enter() noexcept {
            io_uring_params made{};
            int queue = static_cast<int>(syscall(SYS_io_uring_setup, 2 * most, &made));
            if (queue < 0) return;
            queue_ = queue;
            if (!(made.features & IORING_FEAT_RW_CUR_POS)) return leave();  // before 5.6 it does not open files
            buffer_.reset(new (std::nothrow) char[most * room]);
            sent_.map(queue, made.sq_off.array + made.sq_entries * sizeof(unsigned), IORING_OFF_SQ_RING);
            done_.map(queue, made.cq_off.cqes + made.cq_entries * sizeof(io_uring_cqe), IORING_OFF_CQ_RING);
            entries_.map(queue, made.sq_entries * sizeof(io_uring_sqe), IORING_OFF_SQES);
            if (!buffer_ || !sent_.at || !done_.at || !entries_.at) return leave();
            tail_ = sent_.word(made.sq_off.tail);
            order_ = sent_.word(made.sq_off.array);
            mask_ = *sent_.word(made.sq_off.ring_mask);
            done_head_ = done_.word(made.cq_off.head);
            done_tail_ = done_.word(made.cq_off.tail);
            done_mask_ = *done_.word(made.cq_off.ring_mask);
            results_ = reinterpret_cast<io_uring_cqe*>(done_.at + made.cq_off.cqes);
        }

        bool works() const { return queue_ >= 0; }

        // Gives every handle back.
        void leave() noexcept {
            for (int& handle : handles_) {
                if (handle >= 0) ::close(handle);
                handle = -1;
            }
            sent_.unmap();
            done_.unmap();
            entries_.unmap();
            if (queue_ >= 0) ::close(queue_);
            queue_ = -1;
        }

        // Opens and reads `count` files, at most `most`; those of the last time are closed. A path may be nullptr.
        void fetch(const FilePlace* places, size_t count, int flags) noexcept {
            close_all();
            for (size_t i = 0; i < count; ++i) {
                if (!places[i].path) continue;
                io_uring_sqe& entry = next(IORING_OP_OPENAT, places[i].folder, i);
                entry.addr = reinterpret_cast<uintptr_t>(places[i].path);
                entry.open_flags = flags;
            }
            if (!run(handles_)) return give_up();
            // First what is in memory. Asked so, a pipe or a terminal says that it cannot, and keeps what it has.
            std::fill_n(got_, most, -1);
            for (size_t i = 0; i < count; ++i)
                if (handles_[i] >= 0) read(i).rw_flags = RWF_NOWAIT;
            if (!run(got_)) return give_up();
            for (size_t i = 0; i < count; ++i)
                if ((got_[i] == -EAGAIN || got_[i] == -EOPNOTSUPP) && is_regular(handles_[i])) read(i);
            if (waiting_ && !run(got_)) give_up();
        }

        // Open until the next `fetch`; negative where the file could not be opened this way.
        int handle(size_t i) const { return works() ? handles_[i] : -1; }
        // How many bytes `text` has. Only what is above 0 and below `room` is known to be the whole file.
        long size(size_t i) const { return works() ? got_[i] : -1; }
        char* text(size_t i) const { return buffer_.get() + i * room; }

    private:
        static constexpr unsigned long long nobody = ~0ull;

        struct Mapped {
            char* at = nullptr;
            size_t size = 0;
            void map(int queue, size_t bytes, long long offset) {
                void* found = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, queue, offset);
                if (found == MAP_FAILED) return;
                at = static_cast<char*>(found);
                size = bytes;
                madvise(at, size, MADV_DONTFORK);  // a child process has no use for what is under way here
            }
            void unmap() {
                if (at) munmap(at, size);
                at = nullptr;
            }
            unsigned* word(size_t offset) const { return reinterpret_cast<unsigned*>(at + offset); }
        };

        io_uring_sqe& next(int what, int file, unsigned long long whose) {
            unsigned slot = (*tail_ + waiting_) & mask_;
            order_[slot] = slot;
            ++waiting_;
            io_uring_sqe& entry = reinterpret_cast<io_uring_sqe*>(entries_.at)[slot];
            std::memset(&entry, 0, sizeof entry);
            entry.opcode = static_cast<unsigned char>(what);
            entry.fd = file;
            entry.user_data = whose;
            return entry;
        }

        io_uring_sqe& read(size_t i) {
            io_uring_sqe& entry = next(IORING_OP_READ, handles_[i], i);
            entry.addr = reinterpret_cast<uintptr_t>(text(i));
            entry.len = room;
            return entry;
        }

        static bool is_regular(int handle) {
            struct stat status;
            return fstat(handle, &status) == 0 && S_ISREG(status.st_mode);
        }

        // What was open is closed by the next `run`.
        void close_all() {
            for (size_t i = 0; i < most; ++i) {
                if (handles_[i] >= 0) next(IORING_OP_CLOSE, handles_[i], nobody);
                handles_[i] = -1;
            }
        }

        // Submits what was asked for and waits for all of it. False: the queue is of no use any more.
        template <class T>
        bool run(T* results) {
            unsigned left = waiting_, unsent = waiting_;
            __atomic_store_n(tail_, *tail_ + waiting_, __ATOMIC_RELEASE);
            waiting_ = 0;
            while (left) {
                long sent = syscall(SYS_io_uring_enter, queue_, unsent, left, IORING_ENTER_GETEVENTS, nullptr, 0);
                if (sent < 0 && errno != EINTR && errno != EAGAIN && errno != EBUSY) return false;
                if (sent > 0) unsent -= static_cast<unsigned>(sent);
                unsigned head = *done_head_, end = __atomic_load_n(done_tail_, __ATOMIC_ACQUIRE);
                for (; head != end; ++head, --left) {
                    const io_uring_cqe& result = results_[head & done_mask_];
                    if (result.user_data != nobody) results[result.user_data] = result.res;
                }
                __atomic_store_n(done_head_, head, __ATOMIC_RELEASE);
            }
            return true;
        }

        // Who knows what the system still writes where: the memory is left to it.
        void give_up() noexcept {
            static_cast<void>(buffer_.release());
            leave();
        }

        int queue_ = -1;
        Mapped sent_, done_, entries_;
        unsigned *tail_ = nullptr, *order_ = nullptr, *done_head_ = nullptr, *done_tail_ = nullptr;
        unsigned mask_ = 0, done_mask_ = 0, waiting_ = 0;
        io_uring_cqe* results_ = nullptr;
        std::unique_ptr<char[]> buffer_;
        int handles_[most] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
        long got_[most];
    };

    #else

    class Ring {  // of a system without: it never works
    public:
        static constexpr size_t most = 16, room = 0;
        void enter() noexcept {}
        bool works() const { return false; }
        void fetch(const FilePlace*, size_t, int) noexcept {}
        int handle(size_t) const { return -1; }
        void leave() noexcept {}
        long size(size_t) const { return -1; }
        char* text(size_t) const { return nullptr; }
    };

    #endif

    }
    #endif
    """
    cdef cppclass Ring "rezfast::Ring":
        cbool works() noexcept nogil
