#include "CFaultyDisk.h"

#include <stddef.h>
#include <string.h>

static faulty_callbacks callbacks;
static sqlite3_vfs layer;
static sqlite3_vfs *below;

/* A watched file; the file of the layer below follows in the same piece of memory. */
typedef struct {
    sqlite3_file base;
    const char *path;
    void *watcher;
} watched_file;

static sqlite3_file *file_below(sqlite3_file *file) {
    return (sqlite3_file *)((watched_file *)file + 1);
}

static faulty_verdict judge(
    sqlite3_file *file, enum faulty_call_kind kind, const void *bytes, int count, sqlite3_int64 offset) {
    watched_file *watched = (watched_file *)file;
    faulty_call call = {kind, watched->path, bytes, count, offset};
    return callbacks.judge(watched->watcher, &call);
}

/* Files */

static int file_close(sqlite3_file *file) {
    sqlite3_file *real = file_below(file);
    int code = real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
    callbacks.release(((watched_file *)file)->watcher);
    return code;
}

static int file_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xRead(real, bytes, count, offset);
}

static int file_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
    sqlite3_file *real = file_below(file);
    faulty_verdict verdict = judge(file, FAULTY_WRITE, bytes, count, offset);
    int written = verdict.code == SQLITE_OK ? count : verdict.bytes_written;
    int code = written > 0 ? real->pMethods->xWrite(real, bytes, written, offset) : SQLITE_OK;
    return verdict.code == SQLITE_OK ? code : verdict.code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size) {
    sqlite3_file *real = file_below(file);
    faulty_verdict verdict = judge(file, FAULTY_TRUNCATE, NULL, 0, size);
    return verdict.code == SQLITE_OK ? real->pMethods->xTruncate(real, size) : verdict.code;
}

/* The watcher keeps account of what is on the disk; the machine's own disk need not be waited for. */
static int file_sync(sqlite3_file *file, int flags) {
    (void)flags;
    return judge(file, FAULTY_SYNC, NULL, 0, 0).code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xFileSize(real, size);
}

static int file_lock(sqlite3_file *file, int level) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xLock(real, level);
}

static int file_unlock(sqlite3_file *file, int level) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xUnlock(real, level);
}

static int file_check_reserved_lock(sqlite3_file *file, int *found) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xCheckReservedLock(real, found);
}

static int file_control(sqlite3_file *file, int operation, void *argument) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xFileControl(real, operation, argument);
}

static int file_sector_size(sqlite3_file *file) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xSectorSize(real);
}

static int file_characteristics(sqlite3_file *file) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xDeviceCharacteristics(real);
}

static int file_shm_map(sqlite3_file *file, int region, int size, int extends, void volatile **place) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xShmMap(real, region, size, extends, place);
}

static int file_shm_lock(sqlite3_file *file, int offset, int count, int flags) {
    sqlite3_file *real = file_below(file);
    if (flags & SQLITE_SHM_LOCK) {
        faulty_verdict verdict = judge(file, FAULTY_LOCK, NULL, count, offset);
        if (verdict.code != SQLITE_OK) return verdict.code;
    }
    return real->pMethods->xShmLock(real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *file) {
    sqlite3_file *real = file_below(file);
    real->pMethods->xShmBarrier(real);
}

static int file_shm_unmap(sqlite3_file *file, int deletes) {
    sqlite3_file *real = file_below(file);
    return real->pMethods->xShmUnmap(real, deletes);
}

/* Version 2: with a shared index and without memory mapping, as the journal has it. */
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_check_reserved_lock,
    .xFileControl = file_control,
    .xSectorSize = file_sector_size,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* The layer */

static int layer_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *flags_out) {
    (void)vfs;
    void *watcher = path ? callbacks.watcher(path) : NULL;
    if (!watcher) return below->xOpen(below, path, file, flags, flags_out);
    memset(file, 0, (size_t)layer.szOsFile);
    faulty_call call = {FAULTY_OPEN, path, NULL, 0, 0};
    faulty_verdict verdict = callbacks.judge(watcher, &call);
    if (verdict.code == SQLITE_READONLY) {
        flags = (flags & ~(SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)) | SQLITE_OPEN_READONLY;
        verdict.code = SQLITE_OK;
    }
    int code = verdict.code;
    if (code == SQLITE_OK) {
        sqlite3_file *real = file_below(file);
        code = below->xOpen(below, path, real, flags, flags_out);
        if (code != SQLITE_OK && real->pMethods) real->pMethods->xClose(real);
    }
    if (code != SQLITE_OK) {
        callbacks.release(watcher);
        return code;
    }
    watched_file *watched = (watched_file *)file;
    watched->path = path;
    watched->watcher = watcher;
    watched->base.pMethods = &methods;
    return SQLITE_OK;
}

static int layer_delete(sqlite3_vfs *vfs, const char *path, int syncs_folder) {
    (void)vfs;
    void *watcher = callbacks.watcher(path);
    if (watcher) {
        faulty_call call = {FAULTY_DELETE, path, NULL, 0, 0};
        faulty_verdict verdict = callbacks.judge(watcher, &call);
        callbacks.release(watcher);
        if (verdict.code != SQLITE_OK) return verdict.code;
    }
    return below->xDelete(below, path, syncs_folder);
}

static int layer_access(sqlite3_vfs *vfs, const char *path, int flags, int *found) {
    (void)vfs;
    return below->xAccess(below, path, flags, found);
}

static int layer_full_path(sqlite3_vfs *vfs, const char *path, int size, char *full) {
    (void)vfs;
    return below->xFullPathname(below, path, size, full);
}

/* The state of the random numbers that can be foreseen. */
static sqlite3_uint64 chance;
static int is_foreseen;

static int layer_randomness(sqlite3_vfs *vfs, int size, char *bytes) {
    (void)vfs;
    if (is_foreseen) {
        for (int place = 0; place < size; place++) {
            chance = chance * 6364136223846793005u + 1442695040888963407u;
            bytes[place] = (char)(chance >> 56);
        }
        return size;
    }
    return below->xRandomness(below, size, bytes);
}

static int layer_sleep(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return below->xSleep(below, microseconds);
}

/* Noon of a day in 2026, in days and in milliseconds of the Julian calendar. */
static const sqlite3_int64 noon_days = 2461366;

static int layer_time(sqlite3_vfs *vfs, double *days) {
    (void)vfs;
    if (is_foreseen) {
        *days = (double)noon_days;
        return SQLITE_OK;
    }
    return below->xCurrentTime(below, days);
}

static int layer_last_error(sqlite3_vfs *vfs, int size, char *text) {
    (void)vfs;
    return below->xGetLastError(below, size, text);
}

static int layer_time_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *milliseconds) {
    (void)vfs;
    if (is_foreseen) {
        *milliseconds = noon_days * 86400000;
        return SQLITE_OK;
    }
    return below->xCurrentTimeInt64(below, milliseconds);
}

void faulty_disk_foresee(sqlite3_uint64 seed) {
    chance = seed;
    is_foreseen = 1;
    /* SQLite asks the layer for a new beginning of its own sequence. */
    sqlite3_randomness(0, NULL);
}

int faulty_disk_install(faulty_callbacks wanted) {
    callbacks = wanted;
    below = sqlite3_vfs_find(NULL);
    if (!below) return SQLITE_ERROR;
    layer.iVersion = 2;
    layer.szOsFile = (int)sizeof(watched_file) + below->szOsFile;
    layer.mxPathname = below->mxPathname;
    layer.zName = "faulty";
    layer.xOpen = layer_open;
    layer.xDelete = layer_delete;
    layer.xAccess = layer_access;
    layer.xFullPathname = layer_full_path;
    layer.xRandomness = layer_randomness;
    layer.xSleep = layer_sleep;
    layer.xCurrentTime = layer_time;
    layer.xGetLastError = layer_last_error;
    layer.xCurrentTimeInt64 = layer_time_milliseconds;
    return sqlite3_vfs_register(&layer, 1);
}
