#ifndef TILLGATE_FAULTY_DISK_H
#define TILLGATE_FAULTY_DISK_H

#include <sqlite3.h>

/* A layer between SQLite and its usual way to the disk that asks somebody else before each call. */

enum faulty_call_kind {
    FAULTY_OPEN,
    FAULTY_WRITE,
    FAULTY_SYNC,
    FAULTY_TRUNCATE,
    FAULTY_DELETE,
    /* A lock of the log's index is taken. */
    FAULTY_LOCK,
};

/* What SQLite is about to do to a file. */
typedef struct {
    enum faulty_call_kind kind;
    const char *path;
    /* Of a write: the bytes and their place. Of a truncation: the size to come, in offset. */
    const void *bytes;
    int count;
    sqlite3_int64 offset;
} faulty_call;

/* What shall become of it. */
typedef struct {
    /* SQLITE_OK lets the call go on; any other code is what SQLite is told. SQLITE_READONLY of an opening opens the file
       without the right to write. */
    int code;
    /* Of a write that fails: so many of its bytes reach the file all the same. */
    int bytes_written;
} faulty_verdict;

typedef struct {
    /* Whose file this is; NULL when nobody watches it. */
    void *(*watcher)(const char *path);
    faulty_verdict (*judge)(void *watcher, const faulty_call *call);
    /* The watcher is not asked about this file any more. */
    void (*release)(void *watcher);
} faulty_callbacks;

/* Makes the layer SQLite's default. To be called once; returns SQLite's code. */
int faulty_disk_install(faulty_callbacks callbacks);

/* From now on SQLite's random numbers follow from the seed, and its clock stands still. */
void faulty_disk_foresee(sqlite3_uint64 seed);

#endif
